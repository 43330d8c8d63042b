/** The curves of a training as they grow, of bounded length. */
import * as z from "zod";

/** One point of a curve, as the trainer reports it. */
export interface TrainingPoint {
  readonly phase: string;
  readonly step: number;
  readonly figures: Readonly<Record<string, number>>;
  /** Share of the phase's budget, 0..1. */
  readonly progress: number;
  /** Of the phase, seconds; null before it is known. */
  readonly leftS: number | null;
}

/** As the page reads them, and as a model package keeps those that it was trained with. */
export interface Curves {
  readonly title: string;
  readonly phases: Readonly<Record<string, readonly TrainingPoint[]>>;
}

export interface GrowingCurves {
  add(point: TrainingPoint): void;
  all(): Curves;
}

/** Points kept for each phase; every second one goes when there are more. */
const POINTS_MAX = 1_000;

export function createCurves(title: string): GrowingCurves {
  const phases = new Map<string, readonly TrainingPoint[]>();
  return {
    add(point) {
      const points = [...(phases.get(point.phase) ?? []), point];
      phases.set(point.phase, points.length > POINTS_MAX ? points.filter((_, i) => i % 2 === 1) : points);
    },
    all: () => ({ title, phases: Object.fromEntries(phases) }),
  };
}

const point = z.object({
  phase: z.string().max(64),
  step: z.number(),
  figures: z.record(z.string().max(64), z.number()),
  progress: z.number(),
  leftS: z.number().nullable(),
});
const curves = z.object({ title: z.string().max(200), phases: z.record(z.string().max(64), z.array(point).max(POINTS_MAX)) });

/** Throws ZodError for what are no curves. */
export const checkCurves = (value: unknown): Curves => curves.parse(value);
