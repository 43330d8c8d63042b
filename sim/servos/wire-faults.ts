/** What a bad cable does to bytes: loses, doubles and breaks some of them. */
import type { Rng } from "../../runtime/core/rng.ts";

/** Shares of bytes, 0 to 1. */
export interface WireFaults {
  lose: number;
  double: number;
  corrupt: number;
}

export const noFaults = (): WireFaults => ({ lose: 0, double: 0, corrupt: 0 });

export function throughWire(bytes: Uint8Array, { lose, double, corrupt }: WireFaults, rng: Rng): Uint8Array {
  if (lose === 0 && double === 0 && corrupt === 0) return bytes;
  const out: number[] = [];
  for (const byte of bytes) {
    if (rng.uniform() < lose) continue;
    const told = rng.uniform() < corrupt ? byte ^ (1 << Math.floor(rng.uniform() * 8)) : byte;
    out.push(told);
    if (rng.uniform() < double) out.push(told);
  }
  return Uint8Array.from(out);
}
