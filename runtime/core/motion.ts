/** What an arm is told: joint set-points, and segments that end at rest. SI units, stamps in bigint nanoseconds. */

/** A joint set-point with its derivatives, each of shape (jointCount). */
export interface JointCommand {
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
  readonly accelerationRadPerS2: Float64Array;
}

/** A joint set-point at a time after the segment's start. */
export interface Knot extends JointCommand {
  readonly tS: number;
}

/** A short joint trajectory, quintic between knots (position, velocity, acceleration match); the last knot is at rest. */
export interface Segment {
  readonly id: number;
  /** On the robot's clock. */
  readonly startNs: bigint;
  /** At least two, tS strictly increasing from 0 to at most 0.4. */
  readonly knots: readonly Knot[];
}

/** What became of an accepted segment. */
export interface SegmentEvent {
  readonly segmentId: number;
  readonly kind: "started" | "replaced" | "completed" | "aborted";
  readonly atNs: bigint;
  readonly reason?: string;
}
