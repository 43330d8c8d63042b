/** How evenly the rounds go, and how many were left out. */
import { type Clock, nsToMs } from "../../core/clock.ts";
import { known } from "../../core/figure.ts";
import { quantile } from "../../core/statistics.ts";

/** The newest so many are kept: two minutes at 100 a second. */
const KEPT = 12_000;

export interface RoundTimes {
  record(startNs: bigint): void;
  /** A beat came while the round before was not done. */
  skipped(): void;
  summary(): {
    readonly count: number;
    readonly skipped: number;
    readonly late: number;
    readonly p50Ms: number | null;
    readonly p99Ms: number | null;
  };
}

export function createRoundTimes(clock: Clock, periodMs: number): RoundTimes {
  const tookMs: number[] = [];
  let [count, skipped, late] = [0, 0, 0];
  return {
    record(startNs) {
      const ms = nsToMs(clock.nowNs() - startNs);
      count++;
      if (ms > periodMs) late++;
      tookMs.push(ms);
      if (tookMs.length > KEPT) tookMs.shift();
    },
    skipped: () => skipped++,
    summary: () => ({ count, skipped, late, p50Ms: known(quantile(tookMs, 0.5), 3), p99Ms: known(quantile(tookMs, 0.99), 3) }),
  };
}
