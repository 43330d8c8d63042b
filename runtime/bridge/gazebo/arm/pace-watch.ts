/** Whether a simulation keeps pace with real time: slower than asked for long enough is told, and told again while it lasts. */
import { nsToMs } from "../../../core/clock.ts";
import { AgentError } from "../../../core/errors.ts";

/** The simulated clock may be slow for so long. */
const SLOW_MS_MAX = 2000;

export interface PaceWatch {
  /** The pace was below the least when it was last checked: the arm is behind its commands since its world is, and nothing holds it. */
  readonly isSlow: boolean;
  /** With the pace, simulated seconds per second, and our time; answers `bridge.timeout` when the pace was below the least for two seconds, else null. */
  check(pace: number, nowNs: bigint): AgentError | null;
}

export function createPaceWatch(paceMin: number): PaceWatch {
  let slowSinceNs: bigint | null = null;
  let isSlow = false;
  return {
    get isSlow() {
      return isSlow;
    },
    check(pace, nowNs) {
      isSlow = pace < paceMin;
      if (!isSlow) slowSinceNs = null;
      else slowSinceNs ??= nowNs;
      if (slowSinceNs === null || nsToMs(nowNs - slowSinceNs) < SLOW_MS_MAX) return null;
      slowSinceNs = null;
      const message = `Gazebo: runs at ${pace.toFixed(2)} of real time for ${SLOW_MS_MAX} ms, at least ${paceMin}`;
      return new AgentError("bridge.timeout", `${message}; give it more of the machine, or use backend.mode lockstep`);
    },
  };
}
