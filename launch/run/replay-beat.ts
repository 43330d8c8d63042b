/** How a recording is decided again: as fast as the agent thinks, at a rate of its own time, or a decision at a time. */
import { createInterface } from "node:readline";
import { type Clock, nsToMs, nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import type { Order } from "../../runtime/core/desk.ts";
import type { Tick } from "../../runtime/core/tick.ts";

export interface ReplayBeatOptions {
  /** Until so long after the first decision everything is decided as fast as it goes, and without a word, seconds. */
  readonly fromS: number;
  /** Times the speed of the run; null for as fast as it goes. */
  readonly rate: number | null;
  /** A decision at a time, each when a line is entered. */
  readonly step: boolean;
  readonly clock: Clock;
  readonly input: NodeJS.ReadableStream;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ReplayBeat extends Disposable {
  /** Before each decision; `atNs` is the recording's time. */
  beat(atNs: bigint): Promise<void>;
  /** What somebody told the desk then. */
  told(order: Order): void;
  /** After each; `difference` from the recorded one, or null. */
  decided(tick: Tick, difference: string | null): void;
}

export function createReplayBeat({ fromS, rate, step, clock, input, say, signal }: ReplayBeatOptions): ReplayBeat {
  const lines = step ? linesOf(input) : null;
  const isTold = step || rate !== null || fromS > 0;
  let firstNs: bigint | null = null;
  let atNs = 0n;
  /** Both clocks where pacing began. */
  let start: { readonly recordedNs: bigint; readonly ownNs: bigint } | null = null;
  const isBefore = (): boolean => atNs - (firstNs ?? atNs) < secondsToNs(fromS);
  const afterFirstS = (): string => nsToSeconds(atNs - (firstNs ?? atNs)).toFixed(2);
  return {
    async beat(now) {
      atNs = now;
      firstNs ??= now;
      if (isBefore() || signal.aborted) return;
      if (lines) await lines.next(signal);
      if (rate === null) return;
      start ??= { recordedNs: now, ownNs: clock.nowNs() };
      const aheadMs = nsToMs(now - start.recordedNs) / rate - nsToMs(clock.nowNs() - start.ownNs);
      if (aheadMs > 0) await clock.sleep(aheadMs, signal).catch(() => {}); // An abort ends the wait; the loop looks at the signal.
    },
    told(order) {
      if (isTold && !isBefore()) say(`${afterFirstS()} s, ${orderInWords(order)}`);
    },
    decided({ decision: { index, verdict, why, plan } }, difference) {
      if (!isTold || isBefore()) return;
      const cost = plan ? `, cost ${plan.cost.toPrecision(4)}` : "";
      say(`${afterFirstS()} s, decision ${index}: ${[verdict, ...why].join(": ")}${cost}; ${difference ?? "as recorded"}`);
    },
    [Symbol.dispose]: () => lines?.close(),
  };
}

function orderInWords(order: Order): string {
  switch (order.kind) {
    case "commanded":
      return `${order.who} said ${order.command}`;
    case "assigned":
      return `${order.who} gave a task`;
    case "called":
      return `${order.who} called the urgent task ${order.name}`;
    case "shown":
      return `${order.who} gave pictures of a goal`;
    case "limited":
      return `${order.who} set ${Object.entries(order.limits)
        .map(([what, value]) => `${what} to ${value}`)
        .join(", ")}`;
    case "left":
      return `${order.who} left the arm`;
  }
}

/** Lines that somebody enters; when they end nobody waits for one any more. */
function linesOf(input: NodeJS.ReadableStream) {
  const reader = createInterface({ input });
  let waiting = 0;
  let isOver = false;
  let wake: () => void = () => {};
  reader.on("line", () => {
    waiting++;
    wake();
  });
  reader.on("close", () => {
    isOver = true;
    wake();
  });
  return {
    async next(signal: AbortSignal): Promise<void> {
      signal.addEventListener("abort", () => wake(), { once: true });
      while (waiting === 0 && !isOver && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (waiting > 0) waiting--;
    },
    close: () => reader.close(),
  };
}
