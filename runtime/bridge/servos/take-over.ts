/** Taking an arm over without a leap: who is there, is it calibrated as we think, where does it stand; then the reading as goal, and only then torque. */
import { createSettledReading } from "../../act/settled-reading.ts";
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { RobotSpec } from "../../core/robot.ts";
import type { JointState } from "../../core/sensing.ts";
import { type ArmServo, type ArmServos, goalOf } from "./arm-servos.ts";
import type { ServoBus, ServoIdentity, ServoReading } from "./servo-bus.ts";

/** At most this far may a joint move when its torque comes on. */
const LEAP_RAD_MAX = 0.05;
const SETTLE_MS_MAX = 3000;
const READ_MS = 10;
/** A servo that was just powered, or a computer that was busy, is asked again so often. */
const ROLL_CALLS = 4;
const ROLL_CALL_MS = 250;
/** For torque to show where it pulls. */
const PULL_MS = 60;

/** Throws AgentError `bridge.timeout` for servos that do not answer, `bridge.mismatch` for others than the calibration's. Nothing is changed. */
export async function checkServos(bus: ServoBus, { all, name }: ArmServos, clock: Clock): Promise<void> {
  const found: (ServoIdentity | null)[] = all.map(() => null);
  for (let round = 0; round < ROLL_CALLS; round++) {
    if (round > 0) await clock.sleep(ROLL_CALL_MS);
    for (const [index, { id }] of all.entries()) found[index] ??= await bus.identify(id);
    if (!found.includes(null)) break;
  }
  const silent = all.filter((_, index) => found[index] === null);
  if (silent.length > 0) {
    const there = all.filter((_, index) => found[index] !== null).map(({ id }) => id);
    const remedy =
      there.length === 0
        ? "none does; look whether the arm has its own power beside USB, and whether this is its port"
        : `${there.join(", ")} ${there.length === 1 ? "does" : "do"}; look at the cable before the first silent one, and at its number (foresight setup-servos)`;
    throw new AgentError("bridge.timeout", `${bus.portName}: no answer from ${silent.map(({ id }) => name(id)).join(", ")}; ${remedy}`);
  }
  const [first] = found;
  for (const each of found)
    if (each && first && each.model !== first.model)
      throw new AgentError(
        "bridge.mismatch",
        `${name(each.id)} is a ${each.modelName}, ${name(first.id)} a ${first.modelName}; use servos of one kind in an arm`,
      );
  for (const servo of all) await checkCalibrated(bus, servo, name(servo.id));
}

/** What the servo keeps must be what the file says: an angle would mean another place. */
async function checkCalibrated(bus: ServoBus, { id, calibration }: ArmServo, name: string): Promise<void> {
  const settings = await bus.readSettings(id);
  const { homing_offset, range_min, range_max } = calibration;
  const differs = [
    ["homing offset", settings.offsetSteps, homing_offset],
    ["lowest position", settings.positionMinSteps, range_min],
    ["highest position", settings.positionMaxSteps, range_max],
    ["mode", settings.mode, 0],
  ].find(([, has, wanted]) => has !== wanted);
  if (differs)
    throw new AgentError(
      "bridge.mismatch",
      `${name}: its ${differs[0]} is ${differs[1]}, the calibration says ${differs[2]}; calibrate the arm (foresight calibrate), or name the file that belongs to it`,
    );
}

/** Where each servo stands once its readings agree, in steps. Throws what the settled reading objects, or names who did not answer. */
export async function settledSteps(bus: ServoBus, spec: RobotSpec, servos: ArmServos, clock: Clock): Promise<ReadonlyMap<number, number>> {
  const reading = createSettledReading(spec.joints);
  const ids = servos.all.map(({ id }) => id);
  const untilNs = clock.nowNs() + BigInt(SETTLE_MS_MAX) * 1_000_000n;
  for (let missing: readonly number[] = ids; ; ) {
    const readings = await bus.readAll(ids, READ_MS);
    missing = ids.filter((id) => !readings.has(id));
    if (missing.length === 0) {
      reading.take(jointState(servos, readings, clock.nowNs()));
      if (reading.standsAt(clock.nowNs())) return new Map([...readings].map(([id, { positionSteps }]) => [id, positionSteps]));
    }
    if (clock.nowNs() > untilNs) {
      if (missing.length > 0) throw new AgentError("bridge.timeout", `${servos.name(missing[0]!)} stopped answering; look at its cable`);
      const { code, message } = reading.objection(clock.nowNs());
      throw new AgentError(code, `the arm was not taken over, since its readings did not settle; ${message}`);
    }
    await clock.sleep(READ_MS);
  }
}

/**
 * SAFETY: the goal that a servo still holds from before is replaced before its torque comes on. `steps` is where each stands.
 * Throws `robot.aborted` where one moved all the same; it is held there.
 */
export async function takeServos(
  bus: ServoBus,
  servos: readonly ArmServo[],
  steps: ReadonlyMap<number, number>,
  clock: Clock,
): Promise<void> {
  for (const servo of servos) {
    await bus.writeGoal(servo.id, goalOf(servo, steps.get(servo.id)!));
    await bus.setTorque(servo.id, true);
  }
  await clock.sleep(PULL_MS);
  const after = await bus.readAll(
    servos.map(({ id }) => id),
    READ_MS,
  );
  for (const { id, name, scale } of servos) {
    const found = after.get(id); // One that is silent now is found missing by the next rounds.
    const movedRad = found ? Math.abs(found.positionSteps - steps.get(id)!) / scale.stepsPerRad : 0;
    if (!found || movedRad <= LEAP_RAD_MAX) continue;
    await bus.writeGoal(id, { positionSteps: found.positionSteps, velocityStepsPerSMax: 1 });
    throw new AgentError(
      "robot.aborted",
      `servo ${id} (${name}): moved ${movedRad.toFixed(3)} rad when its torque came on, at most ${LEAP_RAD_MAX} rad; it is held there; look whether someone pushed it, then start again`,
    );
  }
}

/** What a round of readings says of the robot's joints, in its units. Every joint's servo answered. */
export function jointState({ joints }: ArmServos, readings: ReadonlyMap<number, ServoReading>, stampNs: bigint): JointState {
  return {
    positionRad: Float64Array.from(joints, ({ id, scale }) => scale.toRad(readings.get(id)!.positionSteps)),
    velocityRadPerS: Float64Array.from(joints, ({ id, scale }) => (scale.sign * readings.get(id)!.velocityStepsPerS) / scale.stepsPerRad),
    stampNs,
    receivedNs: stampNs,
  };
}
