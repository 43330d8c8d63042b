/** Moves one joint in short segments that each end at rest: as soon as it may not go on, the last one runs out. For jogging and for measuring. */
import { type Clock, NS_PER_MS, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { JointCommand, Segment } from "../../runtime/core/motion.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { peakUse, quinticSegment, segmentDurationSMax } from "../../runtime/core/segment.ts";

export interface DriveParts {
  readonly robot: Robot;
  readonly clock: Clock;
  /** From a segment's making to its start, milliseconds. */
  readonly leadMs: number;
  /** Lets time pass; in a world that waits, `act` has done so already. */
  readonly wait: (ms: number) => Promise<void>;
  /** Ids increase over the life of the robot. */
  readonly nextId: () => number;
}

export interface JointDrive {
  readonly joint: number;
  readonly toRad: number;
  readonly speedRadPerS: number;
}

/** A newer segment takes over from the one before it this often. */
const STEP_MS = 200;
const THERE_RAD = 1e-4;
const LATE_IN_A_ROW_MAX = 3;

/** Resolves with the arm at rest: there, or where it was let go. Throws what `act` throws. */
export async function driveJoint(parts: DriveParts, drive: JointDrive, mayMove: () => boolean): Promise<"there" | "released"> {
  const { robot, clock, leadMs, wait, nextId } = parts;
  let lateInARow = 0;
  for (;;) {
    const startNs = clock.nowNs() + BigInt(Math.round(leadMs)) * NS_PER_MS;
    const from = robot.commandedAt(startNs);
    const restRad = robot.commandedAt(startNs + secondsToNs(segmentDurationSMax)).positionRad[drive.joint]!;
    const isThere = Math.abs(drive.toRad - restRad) < THERE_RAD;
    if (isThere || !mayMove()) {
      await wait(leadMs + segmentDurationSMax * 1e3);
      return isThere ? "there" : "released";
    }
    try {
      await robot.act(stepOf(robot, drive, from, { id: nextId(), startNs }));
      lateInARow = 0;
    } catch (error) {
      // Handed over too late on a busy computer: the one before it brings the arm to rest, and the next begins from there.
      if (!(error instanceof AgentError) || error.code !== "plan.late" || ++lateInARow > LATE_IN_A_ROW_MAX) throw error;
    }
    await wait(STEP_MS);
  }
}

/** The longest step on the way there that keeps the speed and the robot's limits. */
function stepOf(
  robot: Robot,
  { joint, toRad, speedRadPerS }: JointDrive,
  from: JointCommand,
  head: Pick<Segment, "id" | "startNs">,
): Segment {
  const joints = robot.spec.joints.map((spec, index) =>
    index === joint ? { ...spec, velocityMaxRadPerS: Math.min(spec.velocityMaxRadPerS, speedRadPerS) } : spec,
  );
  const wayRad = toRad - from.positionRad[joint]!;
  const furthestRad = speedRadPerS * segmentDurationSMax;
  let stepRad = Math.sign(wayRad) * Math.min(Math.abs(wayRad), furthestRad);
  for (let shortened = 0; ; shortened++) {
    const goalRad = from.positionRad.slice();
    goalRad[joint]! += stepRad;
    const segment = quinticSegment({ ...head, from, toRad: goalRad, durationS: segmentDurationSMax });
    if (shortened === SHORTENINGS_MAX || peakUse(segment, joints).every(({ fraction }) => fraction <= 1)) return segment;
    stepRad *= 0.8;
  }
}
/** Then the step is all but the braking that any segment does from this state. */
const SHORTENINGS_MAX = 24;
