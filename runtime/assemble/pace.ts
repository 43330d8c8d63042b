/** The two ways decisions follow one another: on the clock in real time, or on the world's next picture in lockstep. */
import type { Observable } from "rxjs";
import type { Pace } from "../agent.ts";
import { type Clock, NS_PER_MS } from "../core/clock.ts";
import type { Observation } from "../core/sensing.ts";

/** Keeps only the newest observation; reading it marks it as used. */
function newestOf(observations: Observable<Observation>): { take(): Observation | null } {
  let newest: Observation | null = null;
  observations.subscribe({
    next: (observation) => {
      newest = observation;
    },
    error: () => {}, // A robot that is lost is reported by the sense stage's faults.
  });
  return {
    take() {
      const taken = newest;
      newest = null;
      return taken;
    },
  };
}

export interface RealtimePaceOptions {
  readonly observations: Observable<Observation>;
  readonly clock: Clock;
  readonly periodMs: number;
  /** From the start of a decision to the start of its segment: what encoding, planning and guarding take at most. */
  readonly effectMs: number;
}

/** Decides every period with the newest observation; a decision that took longer than a period skips, it never queues. */
export function realtimePace({ observations, clock, periodMs, effectMs }: RealtimePaceOptions): Pace {
  const newest = newestOf(observations);
  const periodNs = BigInt(Math.round(periodMs * 1e6));
  let nextNs = clock.nowNs();
  const waitForBeat = async (signal: AbortSignal): Promise<void> => {
    const nowNs = clock.nowNs();
    while (nextNs <= nowNs) nextNs += periodNs;
    await clock.sleep(Number(nextNs - nowNs) / 1e6, signal).catch(() => {}); // An abort ends the wait; the loop looks at the signal.
  };
  return {
    async next(signal) {
      await waitForBeat(signal);
      return newest.take();
    },
    idle: async () => {}, // `next` waits for the beat: the period passes by itself.
    effectNs: () => clock.nowNs() + BigInt(Math.round(effectMs)) * NS_PER_MS,
  };
}

export interface LockstepPaceOptions {
  readonly observations: Observable<Observation>;
  /** Lets one decision period pass in the waiting world. */
  readonly pass: () => Promise<void>;
  /** Pretended time from observation to effect, for measuring what latency costs. */
  readonly latencyMs: number;
}

/** Decides on every observation of a world that waits. */
export function lockstepPace({ observations, pass, latencyMs }: LockstepPaceOptions): Pace {
  const newest = newestOf(observations);
  const latencyNs = BigInt(Math.round(latencyMs)) * NS_PER_MS;
  // SAFETY: virtual time may pass without any input or output; without a turn of the event loop no Ctrl-C and no command of the page would come in.
  const goOn = async (): Promise<void> => {
    await pass();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return {
    async next() {
      const observation = newest.take();
      if (observation === null) await goOn(); // Nothing sound was seen: the world goes on until something is.
      return observation ?? newest.take();
    },
    idle: goOn,
    effectNs: (observation) => observation.stampNs + latencyNs,
  };
}
