/** ROS time and ours: the conversion of stamps, and the map between a ROS clock (the machine's, or a simulator's /clock) and our monotonic one. */
import type { TimeMsg } from "./messages.ts";

const NS_PER_S = 1_000_000_000n;

/** builtin_interfaces/Time or Duration to nanoseconds. */
export const fromTimeMsg = ({ sec, nanosec }: TimeMsg): bigint => BigInt(sec) * NS_PER_S + BigInt(nanosec);

/** Nanoseconds to builtin_interfaces/Time or Duration; the nanosecond part is never negative. */
export function toTimeMsg(ns: bigint): TimeMsg {
  const nanosec = ((ns % NS_PER_S) + NS_PER_S) % NS_PER_S;
  return { sec: Number((ns - nanosec) / NS_PER_S), nanosec: Number(nanosec) };
}

/** How many pairs of stamps the map remembers, and over how long. */
const PAIRS_MAX = 64;
const WINDOW_NS = 2_000_000_000n;
/** A simulator slower or faster than this is taken to be at the bound. */
const RATE_MIN = 0.02;
const RATE_MAX = 50;
/** Pairs closer together than this do not tell a rate. */
const RATE_SPAN_NS = 200_000_000n;

/** What a new reading of the ROS clock meant. */
export type ClockStep = "first" | "forward" | "still" | "jumped-back" | "jumped-forward";

/** Learns from pairs (ROS time, our receipt) how ROS time and ours go together. Readings come late by the way here, never early: the earliest count. */
export interface ClockMap {
  /** A reading of the ROS clock, received at `monoNs`. A jump begins the map anew. */
  read(rosNs: bigint, monoNs: bigint): ClockStep;
  /** Our time of a ROS stamp, or null before the first reading. */
  toMono(rosNs: bigint): bigint | null;
  /** The ROS time at an instant of ours, or null before the first reading. */
  toRos(monoNs: bigint): bigint | null;
  /** Since the ROS clock last went on; null before the first reading. */
  stillForNs(monoNs: bigint): bigint | null;
  /** ROS seconds per second of ours, by the readings of the last two seconds. */
  readonly rate: number;
}

interface Pair {
  readonly rosNs: bigint;
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
    rate = spanNs >= RATE_SPAN_NS ? Math.min(RATE_MAX, Math.max(RATE_MIN, Number(last.rosNs - first.rosNs) / Number(spanNs))) : 1;
    offsetNs = Math.min(...pairs.map((pair) => Number(pair.monoNs - first.monoNs) - Number(pair.rosNs - first.rosNs) / rate));
  };
  return {
    read(rosNs, monoNs) {
      const last = pairs.at(-1);
      const pair = { rosNs, monoNs };
      if (!last) {
        begin(pair);
        return "first";
      }
      if (rosNs === last.rosNs) return "still";
      if (rosNs < last.rosNs || rosNs - last.rosNs > BigInt(Math.round(Number(monoNs - last.monoNs) * Math.max(1, rate))) + jumpNs) {
        begin(pair);
        return rosNs < last.rosNs ? "jumped-back" : "jumped-forward";
      }
      // After a pause the old pairs would say that the clock is slow.
      const paused = movedNs !== null && monoNs - movedNs > RATE_SPAN_NS;
      movedNs = monoNs;
      if (paused) pairs = [pair];
      else pairs = [...pairs.filter((old) => monoNs - old.monoNs <= WINDOW_NS), pair].slice(-PAIRS_MAX);
      fit();
      return "forward";
    },
    toMono(rosNs) {
      const first = pairs[0];
      return first ? first.monoNs + BigInt(Math.round(Number(rosNs - first.rosNs) / rate + offsetNs)) : null;
    },
    toRos(monoNs) {
      const first = pairs[0];
      return first ? first.rosNs + BigInt(Math.round((Number(monoNs - first.monoNs) - offsetNs) * rate)) : null;
    },
    stillForNs: (monoNs) => (movedNs === null ? null : monoNs - movedNs),
    get rate() {
      return rate;
    },
  };
}
