/** Servos on one wire, as a master on it finds them: who answers what, after which delay. */
import { BROADCAST_ID, createFrameReader, type Frame, INSTRUCTION, statusFrame } from "../../runtime/bridge/feetech/frames.ts";
import type { ServoTable } from "./servo-table.ts";

export interface VirtualServo {
  readonly table: ServoTable;
  /** The error byte of its answers. */
  alarms(): number;
  /** Its cable is in. */
  isThere: boolean;
}

export interface VirtualServosOptions {
  /** In the order of the cable. */
  readonly servos: readonly VirtualServo[];
  /** Bytes to whoever listens on the wire, after so long. */
  readonly say: (bytes: Uint8Array, delayUs: number) => void;
}

/** A frame whose bytes pause for so long is given up: a byte of it was lost. */
const PAUSE_NS = 3_000_000n;

/** Takes what is said on the wire, and when. */
export function createVirtualServos({ servos, say }: VirtualServosOptions): { hear(bytes: Uint8Array, nowNs: bigint): void } {
  /** A write that waits for an action, by servo. */
  const registered = new Map<VirtualServo, Frame>();
  const there = (): readonly VirtualServo[] => servos.filter(({ isThere }) => isThere);
  const named = (id: number): readonly VirtualServo[] => there().filter(({ table }) => table.get("id") === id);
  const answer = (servo: VirtualServo, data: ArrayLike<number> = []): void => {
    const id = servo.table.get("id");
    say(statusFrame(id, servo.alarms(), data), servo.table.get("returnDelayUs"));
  };
  const read = (servo: VirtualServo, [address = 0, length = 0]: Uint8Array): void => answer(servo, servo.table.read(address, length));

  const toOne = (frame: Frame): void => {
    for (const servo of named(frame.id)) {
      // Level 0: only pings and reads are answered.
      const acknowledges = servo.table.get("statusLevel") !== 0;
      switch (frame.kind) {
        case INSTRUCTION.ping:
          answer(servo);
          break;
        case INSTRUCTION.read:
          read(servo, frame.data);
          break;
        case INSTRUCTION.write: {
          const before = servo.table.get("id");
          servo.table.write(frame.data[0] ?? 0, frame.data.subarray(1));
          if (acknowledges) say(statusFrame(before, servo.alarms()), servo.table.get("returnDelayUs"));
          break;
        }
        case INSTRUCTION.regWrite:
          registered.set(servo, frame);
          if (acknowledges) answer(servo);
      }
    }
  };
  const toAll = ({ kind, data }: Frame): void => {
    switch (kind) {
      case INSTRUCTION.ping:
        for (const servo of there()) answer(servo);
        break;
      case INSTRUCTION.write:
        for (const { table } of there()) table.write(data[0] ?? 0, data.subarray(1));
        break;
      case INSTRUCTION.action:
        for (const [{ table }, { data: kept }] of registered) table.write(kept[0] ?? 0, kept.subarray(1));
        registered.clear();
        break;
      case INSTRUCTION.syncRead:
        for (const id of data.subarray(2)) for (const servo of named(id)) read(servo, data);
        break;
      case INSTRUCTION.syncWrite: {
        const [address = 0, length = 0] = data;
        for (let at = 2; at + length < data.length; at += length + 1)
          for (const { table } of named(data[at]!)) table.write(address, data.subarray(at + 1, at + 1 + length));
      }
    }
  };
  const reader = createFrameReader({
    onFrame: (frame) => (frame.id === BROADCAST_ID ? toAll(frame) : toOne(frame)),
    onMalformed: () => {},
  });
  let heardNs = 0n;
  return {
    hear(bytes, nowNs) {
      if (nowNs - heardNs >= PAUSE_NS) reader.forget();
      heardNs = nowNs;
      reader.take(bytes);
    },
  };
}
