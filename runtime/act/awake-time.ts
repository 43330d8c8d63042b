/** How long this process has been running: the times that it was kept from it do not count, since it heard nothing then. */
import { nsToMs } from "../core/clock.ts";

/** A beat that comes later than this was slept through. */
const ASLEEP_MS_MIN = 100;

export interface AwakeTime {
  /** Called every beat; milliseconds awake until now. */
  beat(nowNs: bigint): number;
  /** At the last beat. */
  readonly awakeMs: number;
}

export function createAwakeTime(startNs: bigint): AwakeTime {
  let beatNs = startNs;
  let awakeMs = 0;
  return {
    beat(nowNs) {
      awakeMs += Math.min(ASLEEP_MS_MIN, nsToMs(nowNs - beatNs));
      beatNs = nowNs;
      return awakeMs;
    },
    get awakeMs() {
      return awakeMs;
    },
  };
}
