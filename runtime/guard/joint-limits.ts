/** Keeps position, velocity, acceleration and jerk of every joint within the robot's limits, slowing all joints down together. */

import type { Guard, Situation } from "../core/guarding.ts";
import type { Segment } from "../core/motion.ts";
import type { JointSpec } from "../core/robot.ts";
import { peakUse, segmentDurationS, segmentDurationSMax, type Use } from "../core/segment.ts";
import { isWithin, type SlowDown, slowDown } from "./slow-down.ts";

/**
 * Passes a segment within all limits, exactly, also between knots; else clips it to a shorter step, and stops when no step is within them.
 * SAFETY: the running segment is within limits and ends at rest, so a stop leaves the arm on a safe way to rest.
 */
export function jointLimits(joints: readonly JointSpec[]): Guard {
  return {
    name: "joint-limits",
    check(segment, situation) {
      const exceeded = peakUse(segment, joints).filter((use) => !isWithin(use));
      if (exceeded.length === 0) return { kind: "pass", segment };
      const why = exceeded.map(describe);
      const best = largest(segment, situation, joints);
      if (!best)
        return { kind: "stop", why: [...why, `no step from here is within limits for any duration up to ${segmentDurationSMax} s`] };
      const durationS = segmentDurationS(best.segment);
      return {
        kind: "clip",
        why: [...why, `all joints slowed to ${best.share.toFixed(3)} of the step in ${durationS.toFixed(3)} s`],
        segment: best.segment,
      };
    },
  };
}

/** The largest step over the durations that may be tried; the earlier duration wins a tie. */
function largest(segment: Segment, situation: Situation, joints: readonly JointSpec[]): SlowDown | null {
  let best: SlowDown | null = null;
  for (const durationS of durationsS(segmentDurationS(segment), situation.restInS)) {
    const candidate = slowDown(segment, situation, durationS, joints);
    if (candidate && (!best || candidate.share > best.share)) best = candidate;
    if (best?.share === 1) break;
  }
  return best;
}

const durationSMin = 0.01;
const longerCount = 3;

/** The wanted duration, longer ones up to the longest allowed, and the rest of the running segment: with it, going on as before is a candidate. */
function durationsS(wantedS: number, restInS: number): readonly number[] {
  const spareS = segmentDurationSMax - wantedS;
  const longer = Array.from({ length: longerCount }, (_, i) => wantedS + (spareS * (i + 1)) / longerCount);
  const candidates = [wantedS, ...(spareS > 0 ? longer : []), segmentDurationSMax, restInS];
  return [...new Set(candidates)].filter((durationS) => durationS >= durationSMin && durationS <= segmentDurationSMax);
}

const describe = (use: Use): string =>
  `joint "${use.joint}": ${use.quantity} ${use.value.toFixed(3)} ${use.unit} is beyond its limit ${use.bound.toFixed(3)} ${use.unit}`;
