/** Tells every tap everything, and keeps them apart from the loop: one that throws or lags is detached and told of, its queue is bounded, what it missed is counted. */
import { type Clock, nsToMs } from "../core/clock.ts";
import type { NewsKind, Tap, Told } from "../core/tap.ts";

export interface TapReport {
  readonly name: string;
  /** News that were left out because it was busy. */
  readonly dropped: number;
  /** Why it hears no more; null while it does. */
  readonly detached: string | null;
}

export interface FanOut extends AsyncDisposable {
  tell<Kind extends NewsKind>(kind: Kind, news: Told<Kind>): void;
  report(): readonly TapReport[];
}

/** News that may wait for a tap which is busy; the oldest goes first. */
export const QUEUE_MAX = 256;
/** A tap that works on one piece of news for longer is detached. */
export const LAG_MS_MAX = 5000;
/** A tap that holds the loop up for longer than this, so many times in a row, is detached. */
export const HOLD_UP_MS_MAX = 250;
export const HOLD_UPS_MAX = 5;
/** How long the end of a run waits for a tap to hear what is left, and to close. */
const CLOSE_MS_MAX = 10_000;

/** `say` is for the sentence about a tap that was detached. */
export function createFanOut(taps: readonly Tap[], stopwatch: Clock, say: (line: string) => void): FanOut {
  const lines = taps.map((tap) => createLine(tap, stopwatch, say));
  return {
    tell: (kind, news) => {
      for (const line of lines) line.tell(kind, news);
    },
    report: () => lines.map((line) => line.report()),
    async [Symbol.asyncDispose]() {
      for (const line of lines) await line.close();
    },
  };
}

/** Tells listeners who may command before all of them are there: until then what is told waits, in order. */
export function createTeller(): { readonly tell: FanOut["tell"]; begin(fanOut: FanOut): void } {
  let listening: FanOut | null = null;
  const early: ((to: FanOut) => void)[] = [];
  return {
    tell(kind, news) {
      if (listening) listening.tell(kind, news);
      else early.push((to) => to.tell(kind, news));
    },
    begin(fanOut) {
      listening = fanOut;
      for (const told of early.splice(0)) told(fanOut);
    },
  };
}

function createLine(tap: Tap, stopwatch: Clock, say: (line: string) => void) {
  const queue: (() => void | Promise<void>)[] = [];
  let busySinceNs: bigint | null = null;
  let dropped = 0;
  let holdUps = 0;
  let detached: string | null = null;
  let isOver = false;
  /** Told once nothing waits for the tap any more. */
  let onIdle = (): void => {};

  const detach = (why: string): void => {
    if (detached !== null) return;
    detached = why;
    queue.length = 0;
    onIdle();
    say(`${tap.name}: hears no more, ${why}; the arm goes on without it`);
  };
  const hand = (work: () => void | Promise<void>): void => {
    const startNs = stopwatch.nowNs();
    try {
      const pending = work();
      const tookMs = nsToMs(stopwatch.nowNs() - startNs);
      holdUps = tookMs > HOLD_UP_MS_MAX ? holdUps + 1 : 0;
      if (holdUps >= HOLD_UPS_MAX) detach(`it held the loop up for more than ${HOLD_UP_MS_MAX} ms ${HOLD_UPS_MAX} times in a row`);
      if (!pending) return;
      busySinceNs = startNs;
      pending.then(next, (error: unknown) => detach(messageOf(error)));
    } catch (error) {
      detach(messageOf(error));
    }
  };
  const next = (): void => {
    busySinceNs = null;
    while (busySinceNs === null && detached === null) {
      const work = queue.shift();
      if (!work) {
        onIdle();
        return;
      }
      hand(work);
    }
  };
  return {
    tell<Kind extends NewsKind>(kind: Kind, news: Told<Kind>): void {
      if (isOver || detached !== null || tap[kind] === undefined) return;
      const work = (): void | Promise<void> => (tap[kind] as (news: Told<Kind>) => void | Promise<void>).call(tap, news);
      if (busySinceNs === null) {
        hand(work);
        return;
      }
      const lagMs = nsToMs(stopwatch.nowNs() - busySinceNs);
      if (lagMs > LAG_MS_MAX) {
        detach(`it has been busy for ${lagMs.toFixed(0)} ms, at most ${LAG_MS_MAX} ms`);
        return;
      }
      if (queue.length >= QUEUE_MAX) {
        queue.shift();
        dropped++;
      }
      queue.push(work);
    },
    report: (): TapReport => ({ name: tap.name, dropped, detached }),
    async close(): Promise<void> {
      isOver = true;
      const over = new AbortController();
      const late = stopwatch.sleep(CLOSE_MS_MAX, over.signal).then(
        () => detach(`it did not close within ${CLOSE_MS_MAX} ms`),
        () => {},
      );
      const isBusy = busySinceNs !== null && detached === null;
      const heard = isBusy
        ? new Promise<void>((resolve) => {
            onIdle = resolve;
          })
        : Promise.resolve();
      const closed = heard.then(() => tap.close?.()).catch((error: unknown) => detach(messageOf(error)));
      await Promise.race([closed, late]);
      over.abort();
    },
  };
}

const messageOf = (error: unknown): string => `it failed: ${error instanceof Error ? error.message : String(error)}`;
