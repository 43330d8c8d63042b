/** A stamp as Foxglove's schemas have it. */
const NS_PER_S = 1_000_000_000n;

export const timeOf = (ns: bigint) => ({ sec: Number(ns / NS_PER_S), nsec: Number(ns % NS_PER_S) });
