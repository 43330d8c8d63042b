/** A dead man's switch at the keyboard: something is held while its key repeats, and let go as soon as it does not. */
import { type Clock, NS_PER_MS } from "../../runtime/core/clock.ts";

/** Keyboards begin to repeat after half a second. */
const REPEAT_MS_MAX = 700;
const CTRL_C = "\u0003";

export interface HoldToRun extends Disposable {
  /** Resolves with a function that says whether the space bar is still held, at the first press; null when `s` skips it. */
  next(): Promise<(() => boolean) | null>;
}

export interface Keys {
  setRawMode(raw: boolean): unknown;
  on(event: "data", listener: (keys: Buffer) => void): unknown;
  off(event: "data", listener: (keys: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Takes the terminal's keys until it is disposed of; Ctrl-C calls `onInterrupt`. */
export function createHoldToRun(keys: Keys, clock: Clock, onInterrupt: () => void): HoldToRun {
  let heldNs: bigint | null = null;
  let answer: ((held: (() => boolean) | null) => void) | null = null;
  const isHeld = (): boolean => heldNs !== null && clock.nowNs() - heldNs <= BigInt(REPEAT_MS_MAX) * NS_PER_MS;
  const onKeys = (data: Buffer): void => {
    const text = data.toString("latin1");
    if (text.includes(CTRL_C)) {
      heldNs = null;
      answer?.(null);
      onInterrupt();
    } else if (text.includes(" ")) {
      heldNs = clock.nowNs();
      answer?.(isHeld);
    } else if (text.includes("s")) answer?.(null);
    else heldNs = null; // Any other key lets go.
    if (text.includes(" ") || text.includes("s") || text.includes(CTRL_C)) answer = null;
  };
  keys.setRawMode(true);
  keys.on("data", onKeys);
  keys.resume();
  return {
    next: () =>
      new Promise((resolve) => {
        heldNs = null;
        answer = resolve;
      }),
    [Symbol.dispose]() {
      keys.off("data", onKeys);
      keys.setRawMode(false);
      keys.pause();
    },
  };
}
