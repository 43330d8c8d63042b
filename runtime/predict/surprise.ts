/** How far the world is from what was imagined: in all, and in the parts of which one may be unusual while the others drown it. */
import { invariant } from "../core/errors.ts";
import type { Latent } from "../core/planning.ts";

/** Root mean square over the latent's entries, unit-free, >= 0; 1 is about one standard deviation of the latent. */
export function surprise(predicted: Latent, observed: Latent): number {
  invariant(predicted.length === observed.length, `surprise: latents of ${predicted.length} and ${observed.length} entries`);
  let sum = 0;
  for (const [i, value] of predicted.entries()) sum += (value - (observed[i] as number)) ** 2;
  return Math.sqrt(sum / predicted.length);
}

/** Each unit-free, >= 0. */
export interface SurpriseParts {
  /** Prediction error of what is seen, and of what the body feels: the last entries of a latent. */
  readonly seen: number;
  readonly felt: number;
  /** How much the ensemble disagrees about what the same action would do now; 0 without an ensemble. */
  readonly doubt: number;
}

export function surpriseParts(predicted: Latent, observed: Latent, feltCount: number, doubt: number): SurpriseParts {
  const cut = predicted.length - feltCount;
  const part = (from: number, to: number): number => surprise(predicted.subarray(from, to), observed.subarray(from, to));
  return { seen: part(0, cut), felt: part(cut, predicted.length), doubt };
}

/** The part that is most unusual, in units of what is usual for it; a part that is never other than zero does not count. */
export const combinedSurprise = (parts: SurpriseParts, usual: SurpriseParts): number =>
  Math.max(...(["seen", "felt", "doubt"] as const).map((part) => (usual[part] > 0 ? parts[part] / usual[part] : 0)));
