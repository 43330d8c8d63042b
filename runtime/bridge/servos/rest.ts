/** Leaving limp without falling: slowly to the rest posture, and only then the torque goes. */
import { type Clock, nsToSeconds } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { ArmServo, ArmServos } from "./arm-servos.ts";
import type { ServoBus } from "./servo-bus.ts";

export interface RestOptions {
  readonly bus: ServoBus;
  readonly servos: ArmServos;
  /** Shape (jointCount). */
  readonly restRad: readonly number[];
  readonly clock: Clock;
}

/** The longest that it takes. */
export const REST_MS_MAX = 20_000;
const SPEED_RAD_PER_S = 0.4;
const STEP_MS = 20;
/** Never faster than this, however near. */
const DURATION_S_MIN = 0.5;

/** Throws AgentError where a servo does not answer: then the arm stays as it is, under torque. */
export async function goToRest({ bus, servos, restRad, clock }: RestOptions): Promise<void> {
  const readings = await bus.readAll(
    servos.joints.map(({ id }) => id),
    STEP_MS,
  );
  const missing = servos.joints.find(({ id }) => !readings.has(id));
  if (missing)
    throw new AgentError(
      "bridge.timeout",
      `${servos.name(missing.id)} does not answer, so the arm is not moved to rest; hold it and look at the cable: it holds itself for as long as it has power`,
    );
  const fromRad = servos.joints.map(({ id, scale }) => scale.toRad(readings.get(id)!.positionSteps));
  const farRad = Math.max(...fromRad.map((from, joint) => Math.abs(restRad[joint]! - from)));
  // A cosine's fastest is pi / 2 of its mean.
  const durationS = Math.min(REST_MS_MAX / 1e3 - 1, Math.max(DURATION_S_MIN, ((Math.PI / 2) * farRad) / SPEED_RAD_PER_S));
  const startNs = clock.nowNs();
  for (let share = 0; share < 1; ) {
    share = Math.min(1, nsToSeconds(clock.nowNs() - startNs) / durationS);
    const eased = (1 - Math.cos(Math.PI * share)) / 2;
    const stepsOf = ({ scale }: ArmServo, joint: number): number =>
      Math.round(scale.toSteps(fromRad[joint]! + eased * (restRad[joint]! - fromRad[joint]!)));
    await bus.writeGoals(new Map(servos.joints.map((servo, joint) => [servo.id, stepsOf(servo, joint)])));
    await clock.sleep(STEP_MS);
  }
  for (const { id } of servos.all) await bus.setTorque(id, false);
}
