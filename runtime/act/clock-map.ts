/** How another clock, a middleware's or a simulator's, and our monotonic one go together, learned from pairs of stamps. */

const NS_PER_S = 1_000_000_000n;
/** How many pairs of stamps the map remembers, and over how long. */
const PAIRS_MAX = 64;
const WINDOW_NS = 2_000_000_000n;
/** A simulator slower or faster than this is taken to be at the bound. */
const RATE_MIN = 0.02;
const RATE_MAX = 50;
/** Pairs closer together than this do not tell a rate. */
const RATE_SPAN_NS = 200_000_000n;

/** What a new reading of the other clock meant. */
export type ClockStep = "first" | "forward" | "still" | "jumped-back" | "jumped-forward";

/** Learns from pairs (its time, our receipt) how its time and ours go together. Readings come late by the way here, never early: the earliest count. */
export interface ClockMap {
  /** A reading of the other clock, received at `monoNs`. A jump begins the map anew. */
  read(otherNs: bigint, monoNs: bigint): ClockStep;
  /** Our time of a stamp of it, or null before the first reading. */
  toMono(otherNs: bigint): bigint | null;
  /** The its time at an instant of ours, or null before the first reading. */
  toOther(monoNs: bigint): bigint | null;
  /** Since the other clock last went on; null before the first reading. */
  stillForNs(monoNs: bigint): bigint | null;
  /** its seconds per second of ours, by the readings of the last two seconds. */
  readonly rate: number;
}

interface Pair {
  readonly otherNs: bigint;
  readonly monoNs: bigint;
}

/** A step forward by more than `jumpNs` beyond what passed here is a jump; any step back is one. */
export function createClockMap(jumpNs = NS_PER_S): ClockMap {
  let pairs: Pair[] = [];
  let rate = 1;
  let offsetNs = 0; // Of the line through the earliest readings, seen from the first pair.
  let movedNs: bigint | null = null;

  const begin = (pair: Pair): void => {
    pairs = [pair];
    rate = 1;
    offsetNs = 0;
    movedNs = pair.monoNs;
  };
  const fit = (): void => {
    const first = pairs[0]!;
    const last = pairs.at(-1)!;
    const spanNs = last.monoNs - first.monoNs;
    rate = spanNs >= RATE_SPAN_NS ? Math.min(RATE_MAX, Math.max(RATE_MIN, Number(last.otherNs - first.otherNs) / Number(spanNs))) : 1;
    offsetNs = Math.min(...pairs.map((pair) => Number(pair.monoNs - first.monoNs) - Number(pair.otherNs - first.otherNs) / rate));
  };
  return {
    read(otherNs, monoNs) {
      const last = pairs.at(-1);
      const pair = { otherNs, monoNs };
      if (!last) {
        begin(pair);
        return "first";
      }
      if (otherNs === last.otherNs) return "still";
      if (
        otherNs < last.otherNs ||
        otherNs - last.otherNs > BigInt(Math.round(Number(monoNs - last.monoNs) * Math.max(1, rate))) + jumpNs
      ) {
        begin(pair);
        return otherNs < last.otherNs ? "jumped-back" : "jumped-forward";
      }
      // After a pause the old pairs would say that the clock is slow.
      const paused = movedNs !== null && monoNs - movedNs > RATE_SPAN_NS;
      movedNs = monoNs;
      if (paused) pairs = [pair];
      else pairs = [...pairs.filter((old) => monoNs - old.monoNs <= WINDOW_NS), pair].slice(-PAIRS_MAX);
      fit();
      return "forward";
    },
    toMono(otherNs) {
      const first = pairs[0];
      return first ? first.monoNs + BigInt(Math.round(Number(otherNs - first.otherNs) / rate + offsetNs)) : null;
    },
    toOther(monoNs) {
      const first = pairs[0];
      return first ? first.otherNs + BigInt(Math.round((Number(monoNs - first.monoNs) - offsetNs) * rate)) : null;
    },
    stillForNs: (monoNs) => (movedNs === null ? null : monoNs - movedNs),
    get rate() {
      return rate;
    },
  };
}
