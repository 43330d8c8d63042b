/** An arm of servos that a person moves by hand for another one to follow: limp, and read only. */
import type { Clock } from "../../core/clock.ts";
import type { AgentError } from "../../core/errors.ts";
import { openingAt } from "../../core/gripper.ts";
import type { RobotSpec } from "../../core/robot.ts";
import { type ArmServos, armServos } from "./arm-servos.ts";
import type { Calibration } from "./calibration.ts";
import type { ServoBus, ServoReading } from "./servo-bus.ts";
import { checkServos, jointState } from "./take-over.ts";

export interface LeaderArmOptions {
  /** It becomes the leader's own. */
  readonly bus: ServoBus;
  /** Of the arm that follows: a leader has the same joints by the same names. */
  readonly spec: RobotSpec;
  readonly calibration: Calibration;
  readonly clock: Clock;
}

export interface LeaderArm extends AsyncDisposable {
  /** Joint angles, shape (jointCount), and how far its hand is open, 0 to 1; null where a servo did not answer. */
  read(): Promise<{ readonly positionRad: Float64Array; readonly openShare: number | null } | null>;
}

const READ_MS = 50;

/** It goes limp. Throws AgentErrors that name servo and remedy; then nothing was changed. */
export async function openLeaderArm({ bus, spec, calibration, clock }: LeaderArmOptions): Promise<LeaderArm> {
  const servos = armServos(spec, calibration, bus.stepsPerTurn);
  const ids = servos.all.map(({ id }) => id);
  await checkServos(bus, servos, clock);
  for (const id of ids) await bus.setTorque(id, false);
  let goneWhy: AgentError | null = null;
  bus.lost.subscribe((why) => (goneWhy = why));
  return {
    async read() {
      if (goneWhy) throw goneWhy;
      const readings = await bus.readAll(ids, READ_MS);
      if (ids.some((id) => !readings.has(id))) return null;
      const openShare = opening(servos, spec, readings);
      return { positionRad: jointState(servos, readings, clock.nowNs()).positionRad, openShare };
    },
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

/** Of its hand, where it has one. */
function opening({ gripper }: ArmServos, { gripper: spec }: RobotSpec, readings: ReadonlyMap<number, ServoReading>): number | null {
  const reading = gripper && readings.get(gripper.id);
  if (!spec || !reading) return null;
  return (openingAt(spec, [gripper.scale.toRad(reading.positionSteps)]) - spec.openingMinM) / (spec.openingMaxM - spec.openingMinM);
}
