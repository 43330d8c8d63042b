/** Timers for the statecharts on the agent's own clock; they can be paused, so that a held task loses no time. */
import type { Actor, AnyActorLogic } from "xstate";
import { type Clock, nsToMs } from "../core/clock.ts";

type StatechartClock = NonNullable<ConstructorParameters<typeof Actor<AnyActorLogic>>[1]>["clock"] & {};

/** An xstate clock which can stand still. */
export interface Timers extends StatechartClock {
  pause(): void;
  resume(): void;
}

interface Timer {
  readonly callback: () => void;
  leftMs: number;
  armedNs: bigint;
  abort: AbortController | null;
}

/** Timers on `clock`. While paused no time passes for them; a timer fires at most once. */
export function createTimers(clock: Clock): Timers {
  const timers = new Set<Timer>();
  let paused = false;
  const arm = (timer: Timer): void => {
    const abort = new AbortController();
    timer.abort = abort;
    timer.armedNs = clock.nowNs();
    const fire = (): void => {
      if (abort.signal.aborted) return;
      timers.delete(timer);
      timer.callback();
    };
    clock.sleep(timer.leftMs, abort.signal).then(fire, (reason: unknown) => {
      if (!abort.signal.aborted) throw reason;
    });
  };
  const disarm = (timer: Timer): void => {
    timer.leftMs = Math.max(0, timer.leftMs - nsToMs(clock.nowNs() - timer.armedNs));
    timer.abort?.abort();
    timer.abort = null;
  };
  return {
    setTimeout(callback, delayMs): Timer {
      const timer: Timer = { callback, leftMs: delayMs, armedNs: clock.nowNs(), abort: null };
      timers.add(timer);
      if (!paused) arm(timer);
      return timer;
    },
    clearTimeout(timer: Timer | undefined): void {
      if (!timer || !timers.delete(timer)) return;
      timer.abort?.abort();
    },
    pause(): void {
      if (paused) return;
      paused = true;
      for (const timer of timers) disarm(timer);
    },
    resume(): void {
      if (!paused) return;
      paused = false;
      for (const timer of timers) arm(timer);
    },
  };
}
