/** A virtual arm on a serial bus: servos with their tables, the arm that they turn, one supply, one wire; and whatever can go wrong with them. */

import { INSTRUCTION, instructionFrame } from "../../runtime/bridge/feetech/frames.ts";
import { REGISTERS } from "../../runtime/bridge/feetech/registers.ts";
import type { BytePort } from "../../runtime/bridge/servos/byte-port.ts";
import { type Clock, nsToSeconds } from "../../runtime/core/clock.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import type { Placed } from "../world.ts";
import { type ArmBody, BODY_STEP_S, type Drive } from "./arm-body.ts";
import { createServoMotor, type ServoMotor } from "./servo-motor.ts";
import { createServoTable } from "./servo-table.ts";
import { createVirtualServos, type VirtualServo } from "./virtual-servos.ts";
import { noFaults, throughWire, type WireFaults } from "./wire-faults.ts";

export interface VirtualArmOptions {
  readonly body: ArmBody;
  readonly port: BytePort;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Number on the bus of each of the body's servos. */
  readonly ids: readonly number[];
  /** Where each servo's own middle is when its joint is at zero: as the arm was screwed together. */
  readonly hornSteps: readonly number[];
}

export interface VirtualArm extends Disposable {
  readonly servos: readonly (VirtualServo & { readonly motor: ServoMotor })[];
  readonly wire: WireFaults;
  /** Of the supply, before what the motors draw. */
  supplyV: number;
  /** Another program on the same port, that reads servo 1 every so often, ms; null for none. */
  secondMasterMs: number | null;
  /** Somebody moves the arm by hand to there, shape (servo count): against nothing where it is limp, against its motors where it is not. Null: nobody does. */
  handRad: ArrayLike<number> | null;
  /** Arm and things are put elsewhere, at rest; servos that held hold there. Throws AgentError `launch.invalid` for a thing that is not in the scene. */
  place(placed: Placed): void;
  /** Its power fails for a moment: it forgets its torque, its goal and whatever is not EEPROM. */
  reboot(servo: number): void;
}

/** Of cable and supply. */
const RESISTANCE_OHM = 0.12;
const SUPPLY_V = 7.4;
/** How often the world goes on to now; it also does before every answer. */
const STEP_MS = 2;
/** Behind by more it lets go: a machine that was held up. */
const BEHIND_S_MAX = 0.25;

export function createVirtualArm({ body, port, clock, rng, ids, hornSteps }: VirtualArmOptions): VirtualArm {
  const servos = body.names.map((_, index) => {
    const table = createServoTable(ids[index]!);
    const motor = createServoMotor(table, hornSteps[index]!);
    return { table, motor, alarms: () => motor.alarms, isThere: true };
  });
  const wire = noFaults();
  const delays = new Set<AbortController>();
  const send = (bytes: Uint8Array): void => port.write(throughWire(bytes, wire, rng));
  const say = (bytes: Uint8Array, delayUs: number): void => {
    if (delayUs < 1000) {
      send(bytes); // No timer is that short, and no master that quick.
      return;
    }
    const delay = new AbortController();
    delays.add(delay);
    clock.sleep(delayUs / 1e3, delay.signal).then(
      () => {
        delays.delete(delay);
        send(bytes);
      },
      () => {},
    );
  };
  const bus = createVirtualServos({ servos, say });
  let doneNs = clock.nowNs();
  let otherNs = doneNs;

  const stepOnce = (): void => {
    const drawnA = servos.reduce((sum, { motor, isThere }) => sum + (isThere ? motor.currentA : 0), 0);
    const supplyV = Math.max(0, arm.supplyV - RESISTANCE_OHM * drawnA);
    for (const [index, { motor }] of servos.entries()) {
      const felt = {
        angleRad: body.angleRad(index),
        velocityRadPerS: body.velocityRadPerS(index),
        torqueShare: body.torqueShare(index),
        supplyV,
      };
      const drive = motor.step(felt, BODY_STEP_S);
      body.drive(index, arm.handRad ? handDrive(arm.handRad[index]!, felt.angleRad) : drive);
    }
    body.step();
  };
  const goOn = (): void => {
    const nowNs = clock.nowNs();
    const behindS = nsToSeconds(nowNs - doneNs);
    if (behindS > BEHIND_S_MAX) doneNs = nowNs - BigInt(Math.round(BEHIND_S_MAX * 1e9));
    const stepNs = BigInt(Math.round(BODY_STEP_S * 1e9));
    for (; doneNs + stepNs <= nowNs; doneNs += stepNs) stepOnce();
  };
  const meddle = (): void => {
    const nowNs = clock.nowNs();
    if (arm.secondMasterMs === null || nsToSeconds(nowNs - otherNs) * 1e3 < arm.secondMasterMs) return;
    otherNs = nowNs;
    bus.hear(instructionFrame(servos[0]!.table.get("id"), INSTRUCTION.read, [REGISTERS.positionSteps.address, 2]), nowNs);
  };
  const arm: VirtualArm = {
    servos,
    wire,
    supplyV: SUPPLY_V,
    secondMasterMs: null,
    handRad: null,
    place(placed) {
      body.world.reset(placed);
      for (const [index, { motor }] of servos.entries()) motor.placed(body.angleRad(index));
      stepOnce();
    },
    reboot: (servo) => servos[servo]!.motor.reboot(),
    [Symbol.dispose]() {
      stop();
      for (const delay of delays) delay.abort();
    },
  };
  port.onBytes((bytes) => {
    goOn();
    bus.hear(throughWire(bytes, wire, rng), clock.nowNs());
  });
  stepOnce();
  const stop = clock.every(STEP_MS, () => {
    goOn();
    meddle();
  });
  return arm;
}

/** So far ahead of the joint a hand pulls: about half a radian a second. */
const HAND_AHEAD_RAD = 0.03;
const handDrive = (toRad: number, atRad: number): Drive => ({
  targetRad: atRad + Math.max(-HAND_AHEAD_RAD, Math.min(HAND_AHEAD_RAD, toRad - atRad)),
  stiffnessShare: 1,
  torqueMaxShare: 1,
});
