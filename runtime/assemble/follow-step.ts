/** One short motion of all joints towards a posture that ends at rest, as far as a share of the robot's limits allows: for an arm that follows another one. */
import type { GripperCommand, JointCommand, Segment } from "../core/motion.ts";
import type { JointSpec } from "../core/robot.ts";
import { peakUse, quinticSegment, segmentDurationSMax } from "../core/segment.ts";

export interface FollowStep {
  readonly joints: readonly JointSpec[];
  /** Commanded at the motion's start. */
  readonly from: JointCommand;
  /** Where what runs now comes to rest, shape (jointCount): the shortest step that there always is. */
  readonly restRad: Float64Array;
  /** Shape (jointCount); kept within each joint's range. */
  readonly toRad: ArrayLike<number>;
  /** No joint goes faster; null: each by its own limit. */
  readonly speedRadPerSMax: number | null;
  readonly gripper?: GripperCommand | undefined;
}

/** Then the step is what runs already, and nothing more. */
const SHORTENINGS_MAX = 24;
const SHORTER = 0.8;
/** Of every limit: rounding is not to make a guard clip what is ordinary. */
const USE_MAX = 0.98;

export function followStep(
  { joints, from, restRad, toRad, speedRadPerSMax, gripper }: FollowStep,
  head: Pick<Segment, "id" | "startNs">,
): Segment {
  const limits =
    speedRadPerSMax === null
      ? joints
      : joints.map((joint) => ({ ...joint, velocityMaxRadPerS: Math.min(joint.velocityMaxRadPerS, speedRadPerSMax) }));
  const wantedRad = joints.map(({ positionMinRad, positionMaxRad }, joint) =>
    Math.max(positionMinRad, Math.min(positionMaxRad, toRad[joint]!)),
  );
  for (let share = 1, shortened = 0; ; share *= SHORTER, shortened++) {
    const reachedRad = wantedRad.map((wanted, joint) => restRad[joint]! + share * (wanted - restRad[joint]!));
    const segment = quinticSegment({ ...head, from, toRad: reachedRad, durationS: segmentDurationSMax, gripper });
    if (shortened === SHORTENINGS_MAX || peakUse(segment, limits).every(isWithin)) return segment;
  }
}

/** A posture at the very end of its range is one. */
const isWithin = ({ quantity, fraction }: ReturnType<typeof peakUse>[number]): boolean =>
  fraction <= (quantity === "position" ? 1 : USE_MAX);
