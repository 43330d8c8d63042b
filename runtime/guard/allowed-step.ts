/** The largest of a few shares of a step that is allowed: for guards that look at the whole segment. */
import type { Situation, Verdict } from "../core/guarding.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import { quinticSegment, sampleSegment, segmentDurationS } from "../core/segment.ts";

const shares = [0.8, 0.6, 0.4, 0.2, 0.1] as const;
const samplePeriodS = 0.04;

/** What the joints are to do at an instant of a segment. */
export interface Look extends JointCommand {
  readonly tS: number;
}

export const lookAt = (segment: Segment, tS: number): Look => ({ tS, ...sampleSegment(segment, tS) });

/** Along the segment, its start and its rest included, at most 40 ms apart, or what else is asked for, and in so many steps at least. */
export function looksOf(segment: Segment, periodS: number = samplePeriodS, stepsMin = 1): readonly Look[] {
  const durationS = segmentDurationS(segment);
  const count = Math.max(stepsMin, Math.ceil(durationS / periodS));
  return Array.from({ length: count + 1 }, (_, i) => lookAt(segment, (durationS * i) / count));
}

/** The joint positions of them; each of shape (jointCount). */
export const posturesOf = (segment: Segment): readonly Float64Array[] => looksOf(segment).map(({ positionRad }) => positionRad);

/** The largest of a few shares of the step, from the rest position towards the goal, that is allowed; null where none is. */
export function shortened(segment: Segment, situation: Situation, isAllowed: (segment: Segment) => boolean): Shortened | null {
  const goal = segment.knots.at(-1)!.positionRad;
  const { id, startNs, gripper } = segment;
  const durationS = segmentDurationS(segment);
  for (const share of shares) {
    const toRad = situation.restRad.map((rest, joint) => rest + share * (goal[joint]! - rest));
    const shorter = quinticSegment({ id, startNs, from: situation.commanded, toRad, durationS, gripper });
    if (isAllowed(shorter)) return { share, segment: shorter };
  }
  return null;
}

export interface Shortened {
  readonly share: number;
  readonly segment: Segment;
}

/** Passes what nothing is said against; else the largest share against which nothing is said, from the rest position towards the goal; else stops. */
export function allowedStep(segment: Segment, situation: Situation, objection: (segment: Segment) => string | null): Verdict {
  const why = objection(segment);
  if (why === null) return { kind: "pass", segment };
  const shorter = shortened(segment, situation, (each) => objection(each) === null);
  if (!shorter) return { kind: "stop", why: [`${why}; no shorter step is allowed`] };
  return { kind: "clip", why: [`${why}; shortened to ${shorter.share} of the step`], segment: shorter.segment };
}
