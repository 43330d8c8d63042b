/** Stops a segment that is not one: wrong joint count, knots out of order, too long, not starting where the arm is, not ending at rest. */

import type { Guard, Situation } from "../core/guarding.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import { segmentDurationSMax } from "../core/segment.ts";

/** The most knots a segment may have. */
const knotCountMax = 64;

/** How far a segment's start may be from the commanded state, and its end from rest: rounding, no more. */
const toleranceRad = 1e-6;
const toleranceRadPerS = 1e-5;
const toleranceRadPerS2 = 1e-3;

export function wellFormed(jointCount: number): Guard {
  return {
    name: "well-formed",
    check(segment, situation) {
      const why =
        wrongSizes(segment, situation, jointCount) ??
        wrongTimes(segment) ??
        wrongStart(segment.knots[0]!, situation.commanded) ??
        movingEnd(segment.knots.at(-1)!);
      return why ? { kind: "stop", why: [why] } : { kind: "pass", segment };
    },
  };
}

function wrongSizes(segment: Segment, situation: Situation, jointCount: number): string | null {
  const { length } = segment.knots;
  if (length < 2 || length > knotCountMax) return `segment has ${length} knots, must have 2 to ${knotCountMax}`;
  const command = [...segment.knots, situation.commanded].find((candidate) => lengthsOf(candidate).some((count) => count !== jointCount));
  if (command) return `segment or commanded state has ${lengthsOf(command).join(", ")} joint values, must have ${jointCount}`;
  if (situation.restRad.length !== jointCount) return `rest position has ${situation.restRad.length} joint values, must have ${jointCount}`;
  return null;
}

const lengthsOf = (command: JointCommand): readonly number[] => [
  command.positionRad.length,
  command.velocityRadPerS.length,
  command.accelerationRadPerS2.length,
];

function wrongTimes({ knots }: Segment): string | null {
  if (knots[0]!.tS !== 0) return `first knot is at ${knots[0]!.tS} s, must be at 0 s`;
  const late = knots.findIndex((knot, index) => index > 0 && !(knot.tS > knots[index - 1]!.tS));
  if (late > 0) return `knot ${late} is at ${knots[late]!.tS} s, must be after knot ${late - 1} at ${knots[late - 1]!.tS} s`;
  const durationS = knots.at(-1)!.tS;
  return durationS <= segmentDurationSMax ? null : `segment lasts ${durationS} s, must last at most ${segmentDurationSMax} s`;
}

function wrongStart(start: JointCommand, commanded: JointCommand): string | null {
  const from = furthest(start.positionRad, commanded.positionRad, toleranceRad);
  if (from !== null) return apart("starts", from, start.positionRad, commanded.positionRad, "rad");
  const speed = furthest(start.velocityRadPerS, commanded.velocityRadPerS, toleranceRadPerS);
  if (speed !== null) return apart("starts", speed, start.velocityRadPerS, commanded.velocityRadPerS, "rad/s");
  const push = furthest(start.accelerationRadPerS2, commanded.accelerationRadPerS2, toleranceRadPerS2);
  return push === null ? null : apart("starts", push, start.accelerationRadPerS2, commanded.accelerationRadPerS2, "rad/s^2");
}

function movingEnd(end: JointCommand): string | null {
  const zeros = new Float64Array(end.velocityRadPerS.length);
  const speed = furthest(end.velocityRadPerS, zeros, toleranceRadPerS);
  if (speed !== null) return apart("ends", speed, end.velocityRadPerS, zeros, "rad/s");
  const push = furthest(end.accelerationRadPerS2, zeros, toleranceRadPerS2);
  return push === null ? null : apart("ends", push, end.accelerationRadPerS2, zeros, "rad/s^2");
}

/** The joint where two vectors differ by more than the tolerance (or are not comparable), or null. */
function furthest(a: Float64Array, b: Float64Array, tolerance: number): number | null {
  const joint = a.findIndex((value, index) => !(Math.abs(value - b[index]!) <= tolerance));
  return joint >= 0 ? joint : null;
}

const apart = (verb: "starts" | "ends", joint: number, a: Float64Array, b: Float64Array, unit: string): string =>
  `segment ${verb} with joint ${joint} at ${a[joint]} ${unit}, must be ${verb === "starts" ? "the commanded" : "at rest,"} ${b[joint]} ${unit}`;
