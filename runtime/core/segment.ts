/** What a segment means: its state at any time, the quintic that ends at rest, and how much of each joint limit it uses. */
import { invariant } from "./errors.ts";
import { gripperField } from "./gripper.ts";
import type { GripperCommand, JointCommand, Knot, Segment } from "./motion.ts";
import { derivative, polynomialAt, quinticCoefficients, quinticRanges } from "./quintic.ts";
import type { JointSpec } from "./robot.ts";

/** The longest a segment may last, seconds: one decision period plus braking. */
export const segmentDurationSMax = 0.4;

/** From the segment's start to its rest, seconds. */
export function segmentDurationS(segment: Segment): number {
  return segment.knots.at(-1)?.tS ?? 0;
}

/** Where the segment comes to rest, shape (jointCount); a copy. */
export function segmentRestRad(segment: Segment): Float64Array {
  const last = segment.knots.at(-1);
  invariant(last, "segment without knots");
  return last.positionRad.slice();
}

/** The commanded state `tS` seconds after the segment's start: its first knot before that, at rest after the last knot. A copy. */
export function sampleSegment(segment: Segment, tS: number): JointCommand {
  const first = segment.knots[0];
  const last = segment.knots.at(-1);
  invariant(first && last, "segment without knots");
  const gripper = gripperField(segment.gripper);
  if (!(tS > 0)) return { ...copyJoints(first), ...gripper }; // NaN holds the start, so that a broken clock cannot make a jump.
  if (tS >= last.tS) return atRest(last.positionRad, segment.gripper);
  const index = segment.knots.findIndex((knot) => knot.tS > tS);
  return { ...sampleBetween(segment.knots[index - 1]!, segment.knots[index]!, tS), ...gripper };
}

function sampleBetween(start: Knot, end: Knot, tS: number): JointCommand {
  const durationS = end.tS - start.tS;
  const u = (tS - start.tS) / durationS;
  const jointCount = start.positionRad.length;
  const sample = atRest(new Float64Array(jointCount));
  for (let joint = 0; joint < jointCount; joint++) {
    const position = coefficients(start, end, joint);
    const velocity = derivative(position);
    sample.positionRad[joint] = polynomialAt(position, u);
    sample.velocityRadPerS[joint] = polynomialAt(velocity, u) / durationS;
    sample.accelerationRadPerS2[joint] = polynomialAt(derivative(velocity), u) / (durationS * durationS);
  }
  return sample;
}

const coefficients = (start: Knot, end: Knot, joint: number): readonly number[] =>
  quinticCoefficients(end.tS - start.tS, endState(start, joint), endState(end, joint));

const endState = (command: JointCommand, joint: number) => ({
  position: command.positionRad[joint]!,
  velocity: command.velocityRadPerS[joint]!,
  acceleration: command.accelerationRadPerS2[joint]!,
});

/** The command to stay at a position, shape (jointCount); a copy. */
export function atRest(positionRad: Float64Array, gripper?: GripperCommand): JointCommand {
  const { length } = positionRad;
  return {
    positionRad: positionRad.slice(),
    velocityRadPerS: new Float64Array(length),
    accelerationRadPerS2: new Float64Array(length),
    ...gripperField(gripper),
  };
}

/** Of a command, what a knot has; a copy. */
export const copyJoints = (command: JointCommand): Omit<JointCommand, "gripper"> => ({
  positionRad: command.positionRad.slice(),
  velocityRadPerS: command.velocityRadPerS.slice(),
  accelerationRadPerS2: command.accelerationRadPerS2.slice(),
});

/** What a quintic from a commanded state to rest is made of. */
export interface QuinticRequest {
  readonly id: number;
  readonly startNs: bigint;
  readonly from: JointCommand;
  /** Shape (jointCount). */
  readonly toRad: ArrayLike<number>;
  /** In (0, 0.4]. */
  readonly durationS: number;
  readonly gripper?: GripperCommand | undefined;
}

/** One quintic from `from` to rest at `toRad`; limits are not looked at. Buffers are copied. */
export function quinticSegment({ id, startNs, from, toRad, durationS, gripper }: QuinticRequest): Segment {
  invariant(durationS > 0 && durationS <= segmentDurationSMax, `segment duration ${durationS} s is outside (0, ${segmentDurationSMax}] s`);
  invariant(toRad.length === from.positionRad.length, `segment goal has ${toRad.length} joints, its start ${from.positionRad.length}`);
  return {
    id,
    startNs,
    knots: [
      { tS: 0, ...copyJoints(from) },
      { tS: durationS, ...atRest(Float64Array.from(toRad)) },
    ],
    ...gripperField(gripper),
  };
}

/** The most of one limit of one joint that a segment uses. */
export interface Use {
  readonly joint: string;
  readonly quantity: "position" | "velocity" | "acceleration" | "jerk";
  /** The value furthest towards its bound, signed. */
  readonly value: number;
  readonly bound: number;
  readonly unit: "rad" | "rad/s" | "rad/s^2" | "rad/s^3";
  /** 1 at the limit; for positions 0 at mid-range, and always where a joint turns for ever. NaN when the segment is not finite. */
  readonly fraction: number;
}

const quantities = [
  { quantity: "position", unit: "rad" },
  { quantity: "velocity", unit: "rad/s" },
  { quantity: "acceleration", unit: "rad/s^2" },
  { quantity: "jerk", unit: "rad/s^3" },
] as const;

/** The peak use of every limit over the whole segment, joint by joint in the order above: shape (jointCount, 4), exact up to rounding. */
export function peakUse(segment: Segment, joints: readonly JointSpec[]): readonly Use[] {
  return joints.flatMap((spec, joint) => {
    const peaks = jointRanges(segment, joint);
    return quantities.map(({ quantity, unit }, order): Use => {
      const [min, max] = boundsOf(spec, order);
      const range = peaks[order]!;
      if (isEndless(spec, order))
        return { joint: spec.name, quantity, value: range.max, bound: max, unit, fraction: 0 * range.min * range.max };
      const middle = (min + max) / 2;
      const value = range.max - middle > middle - range.min ? range.max : range.min;
      const fraction = Math.max(range.max - middle, middle - range.min) / ((max - min) / 2);
      return { joint: spec.name, quantity, value, bound: value > middle ? max : min, unit, fraction };
    });
  });
}

/** Whether this order of a joint has no bound: the position of one that turns for ever. */
export const isEndless = ({ type }: JointSpec, order: number): boolean => order === 0 && type === "continuous";

/** Lower and upper bound of a joint's position (order 0), velocity (1), acceleration (2) or jerk (3). */
export function boundsOf(spec: JointSpec, order: number): readonly [number, number] {
  if (isEndless(spec, order)) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (order === 0) return [spec.positionMinRad, spec.positionMaxRad];
  const max = order === 1 ? spec.velocityMaxRadPerS : order === 2 ? spec.accelerationMaxRadPerS2 : spec.jerkMaxRadPerS3;
  return [-max, max];
}

/** Ranges of position, velocity, acceleration and jerk of one joint over the segment. */
function jointRanges(segment: Segment, joint: number) {
  // SAFETY: a segment without a stretch between knots has no peak use; NaN fails every limit, an empty minimum would pass it.
  const empty = segment.knots.length < 2;
  const ranges = quantities.map(() => ({
    min: empty ? Number.NaN : Number.POSITIVE_INFINITY,
    max: empty ? Number.NaN : Number.NEGATIVE_INFINITY,
  }));
  for (let i = 0; i + 1 < segment.knots.length; i++) {
    const start = segment.knots[i]!;
    const end = segment.knots[i + 1]!;
    quinticRanges(coefficients(start, end, joint)).forEach((range, order) => {
      const scale = (end.tS - start.tS) ** order;
      ranges[order]!.min = Math.min(ranges[order]!.min, range.min / scale); // Math.min keeps NaN.
      ranges[order]!.max = Math.max(ranges[order]!.max, range.max / scale);
    });
  }
  return ranges;
}
