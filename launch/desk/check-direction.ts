/** Whether each joint turns the way its model does: one after the other moves a little, slowly, and a person says where it went. */
import type { Calibration } from "../../runtime/bridge/servos/calibration.ts";
import type { ServoBus } from "../../runtime/bridge/servos/servo-bus.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Talk } from "./talk.ts";

/** What a person sees when a joint's angle grows, and when it shrinks. */
export interface Way {
  readonly grows: string;
  readonly shrinks: string;
}

export interface DirectionOptions {
  readonly bus: ServoBus;
  readonly clock: Clock;
  readonly talk: Talk;
  readonly calibration: Calibration;
  readonly ways: Readonly<Record<string, Way>>;
}

const STEPS = 80;
const STEPS_PER_S = 120;
const WAIT_MS = 1200;
const READ_MS = 100;

/** The calibration with each joint's direction; a joint that turns against the model is no mistake, and is kept as one. Throws AgentErrors that name joint and remedy; every servo is limp then. */
export async function checkDirections(options: DirectionOptions): Promise<Calibration> {
  const { talk, calibration, ways } = options;
  if (
    !(await talk.yes(
      "Each joint now moves a little by itself, slowly, one at a time. Hold it loosely near its middle posture and look at its hand. Go on?",
    ))
  )
    throw new AgentError(
      "stop.operator",
      "calibrate: the directions were not looked at, so the calibration is not kept; begin again with calibrate",
    );
  const found: Record<string, Calibration[string]> = {};
  for (const [joint, kept] of Object.entries(calibration)) {
    const way = ways[joint];
    found[joint] = way ? { ...kept, drive_mode: await directionOf(options, joint, way) } : kept;
  }
  return found;
}

async function directionOf(options: DirectionOptions, joint: string, { grows, shrinks }: Way): Promise<0 | 1> {
  const { talk } = options;
  const sign = await moveALittle(options, joint);
  const [wanted, other] = sign > 0 ? [grows, shrinks] : [shrinks, grows];
  if (await talk.yes(`${joint} moved a little. Did ${wanted}?`)) return 0;
  if (await talk.yes(`Did ${other}?`)) {
    talk.say(`${joint}: its servo turns against the joint; kept so (drive_mode 1)`);
    return 1;
  }
  throw new AgentError(
    "launch.invalid",
    `calibrate: ${joint} did something else; is its servo the one with this number, and is its horn tight? begin again with calibrate`,
  );
}

/** Towards the middle of its range, as the servo counts; limp again afterwards. */
async function moveALittle({ bus, clock, calibration }: DirectionOptions, joint: string): Promise<1 | -1> {
  const { id, range_min, range_max } = calibration[joint]!;
  const stands = async (): Promise<number> => {
    const reading = (await bus.readAll([id], READ_MS)).get(id);
    if (!reading) throw new AgentError("bridge.timeout", `servo ${id} (${joint}) stopped answering; look at its cable`);
    return reading.positionSteps;
  };
  const from = await stands();
  const sign = from <= (range_min + range_max) / 2 ? 1 : -1;
  try {
    await bus.writeGoal(id, { positionSteps: from, velocityStepsPerSMax: STEPS_PER_S }); // SAFETY: what it held before is not where it goes.
    await bus.setTorque(id, true);
    await bus.writeGoal(id, { positionSteps: from + sign * STEPS, velocityStepsPerSMax: STEPS_PER_S });
    await clock.sleep(WAIT_MS);
    const moved = sign * ((await stands()) - from);
    if (moved < STEPS / 2)
      throw new AgentError(
        "robot.aborted",
        `calibrate: ${joint} moved ${moved} of ${STEPS} steps; look what holds it, and at the arm's own power`,
      );
    return sign;
  } finally {
    await bus.setTorque(id, false);
  }
}
