/** What an arm is told: joint set-points, segments that end at rest, and what its gripper is to reach. SI units, stamps in bigint nanoseconds. */

/**
 * What a gripper is told: it goes to an opening by itself, within a speed and a force, and then holds. Safe to be the last:
 * fingers that meet something press it with that force and no more, and nothing but another command opens them.
 */
export interface GripperCommand {
  /** Between the fingers, to be reached. */
  readonly openingM: number;
  /** Of the opening, at most; 0 goes no further and keeps what it holds. */
  readonly speedMPerS: number;
  /** Between the fingers, at most. */
  readonly forceN: number;
}

/** A joint set-point with its derivatives, each of shape (jointCount); `gripper` is absent until the gripper is told something. */
export interface JointCommand {
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
  readonly accelerationRadPerS2: Float64Array;
  readonly gripper?: GripperCommand;
}

/** A joint set-point at a time after the segment's start. */
export interface Knot extends Omit<JointCommand, "gripper"> {
  readonly tS: number;
}

/** A short joint trajectory, quintic between knots (position, velocity, acceleration match); the last knot is at rest. */
export interface Segment {
  readonly id: number;
  /** On the robot's clock. */
  readonly startNs: bigint;
  /** At least two, tS strictly increasing from 0 to at most 0.4. */
  readonly knots: readonly Knot[];
  /** Told at the start, and pursued until another is told, also beyond the last knot; absent: what was told before still holds. */
  readonly gripper?: GripperCommand;
}

/** What became of an accepted segment. */
export interface SegmentEvent {
  readonly segmentId: number;
  readonly kind: "started" | "replaced" | "completed" | "aborted";
  readonly atNs: bigint;
  readonly reason?: string;
}
