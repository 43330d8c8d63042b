/** When the world is not as the model imagined it: how much of it is usual by held-out runs, and what follows when it is more. */

/** Decisions in a row above the threshold: the first goes on slower, from a plan that is made anew; so many hold. */
export const SURPRISES_TO_HOLD = 3;

/**
 * The smallest surprise that at most `missShare` (0..1) of decisions like the held-out ones exceed, whatever their distribution (split conformal prediction, Vovk 2005);
 * infinite where there are too few of them to say.
 */
export function surpriseThreshold(heldOut: readonly number[], missShare: number): number {
  const sorted = heldOut.filter(Number.isFinite).sort((a, b) => a - b);
  const rank = Math.ceil((sorted.length + 1) * (1 - missShare));
  return sorted[rank - 1] ?? Number.POSITIVE_INFINITY;
}

/** What a threshold makes of an episode: decisions above it, holds, and the first decision above it (null where none is). */
export function alarmsOf(surprises: readonly number[], threshold: number) {
  const watch = createSurpriseWatch(threshold);
  const holds = surprises.filter((each) => watch(each) === "hold").length;
  const firstAt = surprises.findIndex((each) => !(each <= threshold));
  return { surprised: surprises.filter((each) => !(each <= threshold)).length, holds, firstAt: firstAt < 0 ? null : firstAt };
}

/** One decision after the other: calm, slow or hold. A decision that imagined nothing of its instant says nothing; one that is no number is a surprise. */
export function createSurpriseWatch(threshold: number): (surprise: number | null) => "calm" | "slow" | "hold" {
  let inARow = 0;
  let last: "calm" | "slow" | "hold" = "calm";
  return (surprise) => {
    if (surprise === null) return last === "hold" ? "slow" : last;
    inARow = surprise <= threshold ? 0 : inARow + 1;
    last = inARow === 0 ? "calm" : inARow < SURPRISES_TO_HOLD ? "slow" : "hold";
    if (last === "hold") inARow = 0; // Whoever goes on after it begins anew.
    return last;
  };
}
