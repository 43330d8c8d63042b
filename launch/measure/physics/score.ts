/** How well surprise tells what cannot be from what can: V-JEPA's two figures (Garrido et al. 2025), fixed before anything was measured. */
import { wilson95 } from "../../../runtime/core/statistics.ts";
import { auroc, meanOf } from "../../../runtime/learn/statistics.ts";

/** The surprises of one window in both films of a pair. */
export interface WatchedPair {
  readonly possible: readonly number[];
  readonly impossible: readonly number[];
}

export interface PairScore {
  readonly pairs: number;
  /** Pairs of which the impossible film has the greater mean; a tie counts half. */
  readonly right: number;
  /** Share of the pairs, 0..1. */
  readonly accuracy: number;
  readonly wilson95: readonly [number, number];
  /** Chance that the largest surprise of an impossible film exceeds that of a possible one, of whichever pair, 0..1. */
  readonly auroc: number;
}

/** NaN for shares of no pairs. */
export function scorePairs(pairs: readonly WatchedPair[]): PairScore {
  const halves = pairs.map(({ possible, impossible }) => Math.sign(meanOf(impossible) - meanOf(possible)) / 2 + 0.5);
  const right = halves.reduce((sum, half) => sum + half, 0);
  return {
    pairs: pairs.length,
    right,
    accuracy: right / pairs.length,
    wilson95: wilson95(right, pairs.length),
    auroc: auroc(
      pairs.map(({ impossible }) => Math.max(...impossible)),
      pairs.map(({ possible }) => Math.max(...possible)),
    ),
  };
}
