/** Feetech's frames: FF FF id length instruction parameters checksum; and a reader of answers that finds its way back after lost, doubled and broken bytes. */
import { invariant } from "../../core/errors.ts";

export const INSTRUCTION = { ping: 1, read: 2, write: 3, regWrite: 4, action: 5, syncRead: 0x82, syncWrite: 0x83 } as const;
export type Instruction = (typeof INSTRUCTION)[keyof typeof INSTRUCTION];

export const BROADCAST_ID = 0xfe;
const HEADER = 0xff;
/** Header, id, length; then `length` bytes. */
const PREFIX_BYTES = 4;
/** Length counts instruction or error, the parameters and the checksum. */
const LENGTH_MIN = 2;
const LENGTH_MAX = 250;

/** Of all bytes behind the header but the checksum itself. */
function checksumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += bytes[index]!;
  return ~sum & 0xff;
}

function frame(id: number, kind: number, parameters: ArrayLike<number>): Uint8Array {
  const length = parameters.length + LENGTH_MIN;
  invariant(length <= LENGTH_MAX, `a frame of ${length} bytes`);
  const bytes = new Uint8Array(PREFIX_BYTES + length);
  bytes.set([HEADER, HEADER, id, length, kind]);
  bytes.set(parameters, PREFIX_BYTES + 1);
  bytes[bytes.length - 1] = checksumOf(bytes, 2, bytes.length - 1);
  return bytes;
}

/** What we say. */
export const instructionFrame = (id: number, instruction: Instruction, parameters: ArrayLike<number> = []): Uint8Array =>
  frame(id, instruction, parameters);

/** What a servo says; `error` has a bit for each alarm. */
export const statusFrame = (id: number, error: number, data: ArrayLike<number> = []): Uint8Array => frame(id, error, data);

/** A sync read of `length` bytes from `address`. */
export const syncReadFrame = (ids: readonly number[], address: number, length: number): Uint8Array =>
  instructionFrame(BROADCAST_ID, INSTRUCTION.syncRead, [address, length, ...ids]);

/** A sync write of as many bytes from `address` for each servo. */
export function syncWriteFrame(address: number, data: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const [first] = data.values();
  const each = [...data].flatMap(([id, bytes]) => [id, ...bytes]);
  return instructionFrame(BROADCAST_ID, INSTRUCTION.syncWrite, [address, first?.length ?? 0, ...each]);
}

/** One whole frame of either direction: `kind` is the instruction, or the error byte of an answer. */
export interface Frame {
  readonly id: number;
  readonly kind: number;
  readonly data: Uint8Array;
}

export interface FrameReader {
  take(bytes: Uint8Array): void;
  /** What was begun and not ended is forgotten. */
  forget(): void;
}

export interface FrameReaderOptions {
  readonly onFrame: (frame: Frame) => void;
  /** Bytes that look like a frame and are none. */
  readonly onMalformed: () => void;
  /** Longest length byte that anybody would say here. */
  readonly lengthMax?: number;
}

/** After a broken frame it goes on one byte behind its header, so that the frame which the broken one swallowed is found. */
export function createFrameReader({ onFrame, onMalformed, lengthMax = LENGTH_MAX }: FrameReaderOptions): FrameReader {
  let held = new Uint8Array(0);

  /** The next frame's start, or as near to the end as one might begin. */
  const headerFrom = (from: number): number => {
    for (let index = from; index < held.length; index++) {
      const isHeader = held[index] === HEADER && (index + 1 >= held.length || held[index + 1] === HEADER);
      const isThird = held[index + 2] === HEADER; // FF FF FF: the header begins one further.
      if (isHeader && !isThird) return index;
    }
    return held.length;
  };
  const scan = (): number => {
    for (let at = headerFrom(0); ; ) {
      if (held.length - at < PREFIX_BYTES) return at;
      const [id, length] = [held[at + 2]!, held[at + 3]!];
      const end = at + PREFIX_BYTES + length;
      const isPossible = id <= BROADCAST_ID && length >= LENGTH_MIN && length <= lengthMax;
      if (isPossible && end > held.length) return at;
      if (isPossible && checksumOf(held, at + 2, end - 1) === held[end - 1]) {
        onFrame({ id, kind: held[at + PREFIX_BYTES]!, data: held.slice(at + PREFIX_BYTES + 1, end - 1) });
        at = headerFrom(end);
      } else {
        onMalformed();
        at = headerFrom(at + 1);
      }
    }
  };
  return {
    take(bytes) {
      const joined = new Uint8Array(held.length + bytes.length);
      joined.set(held);
      joined.set(bytes, held.length);
      held = joined;
      held = held.slice(scan());
    },
    forget() {
      held = new Uint8Array(0);
    },
  };
}
