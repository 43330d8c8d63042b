/** A small arm, its situations and guard options for the guard tests. */

import type { Situation } from "../../../runtime/core/guarding.ts";
import type { JointCommand, Segment } from "../../../runtime/core/motion.ts";
import type { JointSpec } from "../../../runtime/core/robot.ts";
import { atRest, quinticSegment, sampleSegment, segmentDurationS, segmentRestRad } from "../../../runtime/core/segment.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import type { GuardOptions } from "../../../runtime/guard/standard-guards.ts";

export const nowNs = 1_000_000_000n;

/** Three joints with limits of the order of a real arm's. */
export const joints: readonly JointSpec[] = ["a", "b", "c"].map((name, index) => ({
  name,
  positionMinRad: -1.5 - index * 0.2,
  positionMaxRad: 1.25 + index * 0.25,
  velocityMaxRadPerS: 2.0 + index * 0.2,
  accelerationMaxRadPerS2: 12 + index,
  jerkMaxRadPerS3: 600 + 50 * index,
  torqueMaxNm: 80,
}));

/** A toy arm whose joint angles are the tool's coordinates in decimetres around the middle of the box. */
export const toolAt = (positionRad: Float64Array): Vec3 => [
  0.5 + 0.1 * positionRad[0]!,
  0.1 * positionRad[1]!,
  0.2 + 0.1 * positionRad[2]!,
];

export const options: GuardOptions = {
  joints,
  freshness: { observationAgeMsMax: 200, sourceAgeMsMax: 250, planAgeMsMax: 200, futureMsMax: 5 },
  workspace: { minM: [0.38, -0.13, 0], maxM: [0.6, 0.13, 0.33], tableZM: 0, tableClearanceM: 0.05 },
  keepOut: [{ name: "post", minM: [0.55, 0.05, 0], maxM: [0.7, 0.2, 0.2], marginM: 0.02 }],
};

export const vector = (...values: number[]): Float64Array => Float64Array.from(values);

/** Fresh observation and plan, the arm at rest at `restRad` unless told otherwise. */
export function situationAtRest(restRad = vector(0, 0, 0), changes: Partial<Situation> = {}): Situation {
  return {
    nowNs,
    observationReceivedNs: nowNs - 20_000_000n,
    observationStampNs: nowNs - 30_000_000n,
    planMadeNs: nowNs - 10_000_000n,
    commanded: atRest(restRad),
    restRad,
    restInS: 0,
    toolAt,
    ...changes,
  };
}

/** The situation at a time of a running segment. */
export function situationDuring(running: Segment, tS: number): Situation {
  const restInS = Math.max(0, segmentDurationS(running) - tS);
  return situationAtRest(segmentRestRad(running), { commanded: sampleSegment(running, tS), restInS });
}

export function segmentTo(toRad: ArrayLike<number>, durationS = 0.4, from: JointCommand = atRest(vector(0, 0, 0))): Segment {
  return quinticSegment({ id: 7, startNs: nowNs, from, toRad, durationS });
}

/**
 * What is wrong with a segment that was let through, in words, or null: looks at dense samples only, not at the code under test.
 * Jerk is judged by differences of acceleration, which by the mean value theorem never exceed its peak.
 */
export function violation(segment: Segment, limits: readonly JointSpec[], sampleCount = 24): string | null {
  const durationS = segmentDurationS(segment);
  if (!(durationS > 0 && durationS <= 0.4)) return `duration ${durationS}`;
  const samples = Array.from({ length: sampleCount + 1 }, (_, i) => sampleSegment(segment, (durationS * i) / sampleCount));
  for (const [joint, spec] of limits.entries()) {
    for (const [i, sample] of samples.entries()) {
      const acceleration = sample.accelerationRadPerS2[joint]!;
      const before = i === 0 ? acceleration : samples[i - 1]!.accelerationRadPerS2[joint]!;
      const jerk = (acceleration - before) / (durationS / sampleCount);
      // The last sample is reported at rest whatever the knot says; well-formed sees to that, and `endsAtRest` checks it.
      const values = [
        [sample.positionRad[joint]!, spec.positionMinRad, spec.positionMaxRad],
        [sample.velocityRadPerS[joint]!, -spec.velocityMaxRadPerS, spec.velocityMaxRadPerS],
        [acceleration, -spec.accelerationMaxRadPerS2, spec.accelerationMaxRadPerS2],
        [jerk, -spec.jerkMaxRadPerS3, spec.jerkMaxRadPerS3],
      ] as const;
      const wrong = values.findIndex(([value, min, max]) => !within(value, min, max));
      if (wrong >= 0) return `joint ${joint}, sample ${i}, order ${wrong}: ${values[wrong]!.join(" ")}`;
    }
  }
  const last = segment.knots.at(-1)!;
  const endsAtRest = [...last.velocityRadPerS, ...last.accelerationRadPerS2].every((value) => Math.abs(value) <= 1e-3);
  return endsAtRest ? null : "does not end at rest";
}

const within = (value: number, min: number, max: number): boolean => value >= min - 1e-6 * (max - min) && value <= max + 1e-6 * (max - min);
