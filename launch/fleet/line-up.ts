/** Starts the arms of a fleet one after the other: each takes the whole machine until it is ready, and while two do so one may be too late for its own keeper. */
import type { Clock } from "../../runtime/core/clock.ts";
import type { ArmProcess } from "./arm-process.ts";

export interface LineUp {
  /** So far, in order. */
  readonly started: readonly ArmProcess[];
  /** Resolves when every arm was started and has ended, or the line-up was ended, with the exit codes. */
  readonly ended: Promise<readonly (number | null)[]>;
  /** The arm has said that it is up: the next may start. */
  up(name: string): void;
  /** Starts no more and ends those that run. */
  end(): Promise<void>;
}

/** An arm that is not up by then is waited for no longer. */
export const UP_MS_MAX = 180_000;

/** `starts` by name, in order. */
export function createLineUp(starts: ReadonlyMap<string, () => ArmProcess>, clock: Clock): LineUp {
  const started: ArmProcess[] = [];
  const ups = new Map<string, AbortController>([...starts.keys()].map((name) => [name, new AbortController()]));
  const over = new AbortController();
  const startAll = async (): Promise<void> => {
    for (const [name, start] of starts) {
      if (over.signal.aborted) return;
      const arm = start();
      started.push(arm);
      const isUp = ups.get(name)!;
      void arm.ended.then(() => isUp.abort());
      await clock.sleep(UP_MS_MAX, AbortSignal.any([isUp.signal, over.signal])).catch(() => {}); // It is up, or it is over.
    }
  };
  return {
    started,
    ended: startAll().then(() => Promise.all(started.map((arm) => arm.ended))),
    up: (name) => ups.get(name)?.abort(),
    async end() {
      over.abort();
      await Promise.all(started.map((arm) => arm.end()));
    },
  };
}
