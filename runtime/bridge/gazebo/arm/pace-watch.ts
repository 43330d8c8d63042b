/** Whether a simulation keeps pace with real time: slower than asked for long enough is told, and told again while it lasts. */
import { nsToMs } from "../../../core/clock.ts";
import { AgentError } from "../../../core/errors.ts";

/** The simulated clock may be slow for so long. */
const SLOW_MS_MAX = 2000;

/** Asked with the pace, simulated seconds per second, and our time; answers `bridge.timeout` when the pace was below the least for two seconds, else null. */
export function createPaceWatch(paceMin: number): (pace: number, nowNs: bigint) => AgentError | null {
  let slowSinceNs: bigint | null = null;
  return (pace, nowNs) => {
    if (pace >= paceMin) slowSinceNs = null;
    else slowSinceNs ??= nowNs;
    if (slowSinceNs === null || nsToMs(nowNs - slowSinceNs) < SLOW_MS_MAX) return null;
    slowSinceNs = null;
    const message = `Gazebo: runs at ${pace.toFixed(2)} of real time for ${SLOW_MS_MAX} ms, at least ${paceMin}`;
    return new AgentError("bridge.timeout", `${message}; give it more of the machine, or use backend.mode lockstep`);
  };
}
