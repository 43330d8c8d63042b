/** Stamps of ROS messages and ours. */
import type { TimeMsg } from "./messages.ts";

const NS_PER_S = 1_000_000_000n;

/** builtin_interfaces/Time or Duration to nanoseconds. */
export const fromTimeMsg = ({ sec, nanosec }: TimeMsg): bigint => BigInt(sec) * NS_PER_S + BigInt(nanosec);

/** Nanoseconds to builtin_interfaces/Time or Duration; the nanosecond part is never negative. */
export function toTimeMsg(ns: bigint): TimeMsg {
  const nanosec = ((ns % NS_PER_S) + NS_PER_S) % NS_PER_S;
  return { sec: Number((ns - nanosec) / NS_PER_S), nanosec: Number(nanosec) };
}
