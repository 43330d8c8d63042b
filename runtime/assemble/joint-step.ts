/** One short motion of one joint that ends at rest, as far as its speed and the robot's limits allow: for jogging and for measuring. */
import type { JointCommand, Segment } from "../core/motion.ts";
import type { Robot } from "../core/robot.ts";
import { peakUse, quinticSegment, segmentDurationSMax } from "../core/segment.ts";

export interface JointDrive {
  readonly joint: number;
  readonly toRad: number;
  readonly speedRadPerS: number;
}

/** The longest step on the way there that keeps the speed and the robot's limits. */
export function jointStep(
  { spec }: Pick<Robot, "spec">,
  { joint, toRad, speedRadPerS }: JointDrive,
  from: JointCommand,
  head: Pick<Segment, "id" | "startNs">,
): Segment {
  const joints = spec.joints.map((each, index) =>
    index === joint ? { ...each, velocityMaxRadPerS: Math.min(each.velocityMaxRadPerS, speedRadPerS) } : each,
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
