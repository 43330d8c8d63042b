/** The largest common slow-down of a step to a goal that keeps every joint limit: closed form at sample times, verified exactly. */

import type { Situation } from "../core/guarding.ts";
import type { Segment } from "../core/motion.ts";
import { derivative, polynomialAt, quinticCoefficients } from "../core/quintic.ts";
import type { JointSpec } from "../core/robot.ts";
import { boundsOf, isEndless, peakUse, quinticSegment, type Use } from "../core/segment.ts";

/** A segment uses at most this fraction of each limit: all of it, and rounding. */
const fractionMax = 1 + 1e-9;

export interface SlowDown {
  /** Share of the way from the rest position to the goal, in [0, 1]. */
  readonly share: number;
  readonly segment: Segment;
}

/** Passes of tightening the sampled bounds by what the exact check found between the samples; then halvings in search of the largest share. */
const passCountMax = 3;
const halvingCount = 12;

/**
 * The quintic of `durationS` from the commanded state to rest + share (goal - rest) with the largest share in [0, 1] within all limits, or null.
 * Position and derivatives of that quintic are affine in the share, so every limit at every sample time is an interval of shares,
 * and the shares within all limits at all times are one interval too.
 */
export function slowDown(template: Segment, situation: Situation, durationS: number, joints: readonly JointSpec[]): SlowDown | null {
  const goal = template.knots.at(-1)?.positionRad;
  if (!goal) return null;
  const { id, startNs, gripper } = template;
  const { commanded: from, restRad } = situation;
  const withShare = (share: number): SlowDown => {
    const toRad = restRad.map((rest, joint) => rest + share * (goal[joint]! - rest));
    return { share, segment: quinticSegment({ id, startNs, from, toRad, durationS, gripper }) };
  };
  const tighter = new Float64Array(joints.length * 4); // Share of the half-range kept free, (joint, order).
  let tooLarge = 1;
  for (let pass = 0; pass < passCountMax; pass++) {
    const share = largestShare({ situation, goal, durationS, joints, tighter });
    if (share === null) break;
    const candidate = withShare(share);
    const uses = peakUse(candidate.segment, joints);
    if (uses.every(isWithin)) return candidate;
    tooLarge = share;
    for (const [index, use] of uses.entries()) if (!isWithin(use)) tighter[index]! += 1.1 * (use.fraction - 1);
  }
  return largestByHalving(withShare, tooLarge, joints);
}

export const isWithin = (use: Use): boolean => use.fraction <= fractionMax;

/** Where tightening fails since braking alone is at a limit: halving between no step, if that is within limits, and one known to be too large. */
function largestByHalving(withShare: (share: number) => SlowDown, tooLarge: number, joints: readonly JointSpec[]): SlowDown | null {
  let best = withShare(0);
  if (!peakUse(best.segment, joints).every(isWithin)) return null;
  let high = tooLarge;
  for (let i = 0; i < halvingCount; i++) {
    const candidate = withShare((best.share + high) / 2);
    if (peakUse(candidate.segment, joints).every(isWithin)) best = candidate;
    else high = candidate.share;
  }
  return best;
}

interface ShareRequest {
  readonly situation: Situation;
  readonly goal: Float64Array;
  readonly durationS: number;
  readonly joints: readonly JointSpec[];
  readonly tighter: Float64Array;
}

const sampleCount = 21;

/** The unit step from rest to rest, and its derivatives by u: minimum jerk (Flash and Hogan 1985). */
const unitStep = derivatives(
  quinticCoefficients(1, { position: 0, velocity: 0, acceleration: 0 }, { position: 1, velocity: 0, acceleration: 0 }),
);
/** Shape (order, sample). */
const unitStepSamples = unitStep.map((polynomial) =>
  Array.from({ length: sampleCount }, (_, i) => polynomialAt(polynomial, i / (sampleCount - 1))),
);

/** The largest share in [0, 1] that satisfies every sampled limit, or null when none does. */
function largestShare({ situation, goal, durationS, joints, tighter }: ShareRequest): number | null {
  let low = 0;
  let high = 1;
  for (let joint = 0; joint < joints.length; joint++) {
    const rest = situation.restRad[joint]!;
    const step = goal[joint]! - rest;
    const braking = derivatives(
      quinticCoefficients(durationS, commandedState(situation, joint), { position: rest, velocity: 0, acceleration: 0 }),
    );
    for (let order = 0; order < 4; order++) {
      const [min, max] = boundsOf(joints[joint]!, order);
      if (isEndless(joints[joint]!, order)) continue;
      const margin = (tighter[joint * 4 + order]! * (max - min)) / 2;
      const slack = (max - min) * 4e-10; // The running segment may use this much more, see fractionMax; its rest must stay a candidate.
      const scale = durationS ** order;
      for (let i = 0; i < sampleCount; i++) {
        const fixed = polynomialAt(braking[order]!, i / (sampleCount - 1)) / scale;
        const gain = (step * unitStepSamples[order]![i]!) / scale;
        if (Math.abs(gain) < 1e-12) {
          if (!(fixed >= min - slack && fixed <= max + slack)) return null;
          continue;
        }
        const atMin = (min - slack + margin - fixed) / gain;
        const atMax = (max + slack - margin - fixed) / gain;
        low = Math.max(low, Math.min(atMin, atMax)); // Math.min and Math.max keep NaN.
        high = Math.min(high, Math.max(atMin, atMax));
      }
      if (!(low <= high)) return null;
    }
  }
  return high;
}

function derivatives(position: readonly number[]): readonly (readonly number[])[] {
  const velocity = derivative(position);
  const acceleration = derivative(velocity);
  return [position, velocity, acceleration, derivative(acceleration)];
}

const commandedState = ({ commanded }: Situation, joint: number) => ({
  position: commanded.positionRad[joint]!,
  velocity: commanded.velocityRadPerS[joint]!,
  acceleration: commanded.accelerationRadPerS2[joint]!,
});
