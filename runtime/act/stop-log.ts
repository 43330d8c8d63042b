/** Writes down how the simulated arm came to rest after the agent was gone: measured joint speeds, not commanded ones. */
import { type Clock, nsToMs } from "../core/clock.ts";
import { replaceFile } from "../core/own-files.ts";
import type { Sample } from "../core/sensing.ts";
import type { Driver } from "./driver.ts";

/** What is written, as JSON. */
export interface StopLog {
  /** Fastest joint when the keeper learned that the agent is gone, rad/s: its process is seen to end before its channel closes. */
  readonly speedAtLossRadPerS: number;
  /** From then until every joint was slower than REST_RAD_PER_S; null when that was not seen. */
  readonly restAfterMs: number | null;
  readonly speedAtEndRadPerS: number;
}

const REST_RAD_PER_S = 0.01;
/** How long the end is delayed to see the measured arm come to rest. */
const SEE_REST_MS_MAX = 1000;
const LOOK_MS = 4;

/** The same driver, whose end writes the log to `path`; `onEnd` is to be called when the agent is gone. */
export function logStop(driver: Driver, path: string, clock: Clock): { readonly driver: Driver; readonly onEnd: () => void } {
  let speedRadPerS = 0;
  let lostNs: bigint | null = null;
  let speedAtLossRadPerS = 0;
  let restNs: bigint | null = null;
  const onEnd = (): void => {
    lostNs = clock.nowNs();
    speedAtLossRadPerS = speedRadPerS;
  };
  const look = (sample: Sample): void => {
    if (sample.kind !== "joints") return;
    speedRadPerS = sample.joints.velocityRadPerS.reduce((fastest, each) => Math.max(fastest, Math.abs(each)), 0);
    if (speedRadPerS > REST_RAD_PER_S) restNs = null;
    else restNs ??= clock.nowNs();
  };
  const measured = new AbortController();
  driver.samples(measured.signal).subscribe({ next: look, error: () => {} }); // A lost driver ends the keeper by itself.
  const { takes, faults, placements, tick, follow, isElsewhere, stop, answer, place } = driver;
  const logging: Driver = {
    ...(takes && { takes }),
    ...(faults && { faults }),
    ...(placements && { placements }),
    ...(tick && { tick: tick.bind(driver) }),
    ...(follow && { follow: follow.bind(driver) }),
    ...(isElsewhere && { isElsewhere: isElsewhere.bind(driver) }),
    ...(stop && { stop: stop.bind(driver) }),
    ...(answer && { answer: answer.bind(driver) }),
    ...(place && { place: place.bind(driver) }),
    samples: (signal) => driver.samples(signal),
    command: (command, stampNs) => driver.command(command, stampNs),
    async [Symbol.asyncDispose]() {
      for (let waitedMs = 0; restNs === null && waitedMs < SEE_REST_MS_MAX; waitedMs += LOOK_MS) await clock.sleep(LOOK_MS);
      const restAfterMs = lostNs === null || restNs === null ? null : Math.max(0, nsToMs(restNs - lostNs));
      const log: StopLog = { speedAtLossRadPerS, restAfterMs, speedAtEndRadPerS: speedRadPerS };
      replaceFile(path, JSON.stringify(log));
      measured.abort();
      await driver[Symbol.asyncDispose]();
    },
  };
  return { driver: logging, onEnd };
}
