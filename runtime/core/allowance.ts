/** A bounded rate: so much at once, so much a second after that. */
import { type Clock, nsToSeconds } from "./clock.ts";

export interface AllowanceOptions {
  readonly clock: Clock;
  readonly perS: number;
  /** What may be taken at once after a rest. */
  readonly burst: number;
}

/** Takes `cost` if there is that much left, else says false and takes nothing. */
export function createAllowance({ clock, perS, burst }: AllowanceOptions): { take(cost: number): boolean } {
  let left = burst;
  let lastNs = clock.nowNs();
  return {
    take(cost) {
      const nowNs = clock.nowNs();
      left = Math.min(burst, left + nsToSeconds(nowNs - lastNs) * perS);
      lastNs = nowNs;
      if (cost > left) return false;
      left -= cost;
      return true;
    },
  };
}
