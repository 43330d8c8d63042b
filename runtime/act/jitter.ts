/** How evenly the command stream beats: the error of each period, over the last minute. */
import { nsToMs } from "../core/clock.ts";
import { quantile } from "../core/statistics.ts";

export interface JitterStats {
  readonly beatCount: number;
  /** Periods longer than twice the nominal one. */
  readonly lateCount: number;
  /** Percentiles of |period - nominal| over the last minute, ms; 0 before the second beat. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface Jitter {
  record(nowNs: bigint): void;
  /** The beats pause on purpose: the gap is not counted. */
  pause(): void;
  stats(): JitterStats;
}

const WINDOW_S = 60;

export function createJitter(rateHz: number): Jitter {
  const periodMs = 1e3 / rateHz;
  const errorsMs = new Float64Array(Math.round(WINDOW_S * rateHz)); // A ring.
  let beatCount = 0;
  let errorCount = 0;
  let lateCount = 0;
  let maxMs = 0;
  let lastNs: bigint | null = null;
  return {
    record(nowNs) {
      if (lastNs !== null) {
        const actualMs = nsToMs(nowNs - lastNs);
        const errorMs = Math.abs(actualMs - periodMs);
        errorsMs[errorCount++ % errorsMs.length] = errorMs;
        maxMs = Math.max(maxMs, errorMs);
        if (actualMs > 2 * periodMs) lateCount++;
      }
      lastNs = nowNs;
      beatCount++;
    },
    pause: () => {
      lastNs = null;
    },
    stats() {
      const errors = errorsMs.subarray(0, Math.min(errorsMs.length, errorCount));
      const share = (q: number): number => (errors.length === 0 ? 0 : quantile(errors, q));
      return { beatCount, lateCount, p50Ms: share(0.5), p99Ms: share(0.99), p999Ms: share(0.999), maxMs };
    },
  };
}
