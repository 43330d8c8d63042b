/** Chooses how much to think in the time there is: plan graphs of a few sizes, their measured times, and how busy the machine is. */
import { invariant } from "../core/errors.ts";
import type { Budget } from "../core/planning.ts";

/** The given number of candidates, half and a quarter of it; fewer than this do not carry a search. */
const HALVINGS = 2;
const SAMPLES_MIN = 16;
/** A slow plan counts at once, a fast one only by this share: being late costs more than thinking less. */
const RECOVERY_SHARE = 0.2;

/** Candidate counts to compile, largest first. */
export function sampleSizes({ samples }: Budget): number[] {
  const halves = Array.from({ length: HALVINGS + 1 }, (_, i) => Math.floor(samples / 2 ** i));
  return halves.filter((size, i) => i === 0 || size >= SAMPLES_MIN);
}

export interface SizeChoice {
  /** Index of the size to use now: the largest expected to meet the deadline, else the smallest. */
  choose(): number;
  /** Tells how long a plan of that size took. */
  measured(index: number, ms: number): void;
}

/** `baselineMs` are the times of the sizes, largest first, on the machine as it was at the start. */
export function createSizeChoice(baselineMs: readonly number[], deadlineMs: number): SizeChoice {
  invariant(baselineMs.length > 0 && baselineMs.every((ms) => ms > 0), `size choice: baselines ${baselineMs.join(", ")} ms`);
  let load = 1; // Now over baseline, shared by all sizes, so that a size not used of late is still known.
  return {
    choose() {
      const fits = baselineMs.findIndex((ms) => ms * load <= deadlineMs);
      return fits === -1 ? baselineMs.length - 1 : fits;
    },
    measured(index, ms) {
      const now = ms / (baselineMs[index] as number);
      load = now > load ? now : load + RECOVERY_SHARE * (now - load);
    },
  };
}
