/** A port that was unplugged is tried again until it is back. */
import type { Clock } from "../../core/clock.ts";
import type { ServoBus } from "./servo-bus.ts";

const REOPEN_MS = 500;

/** Null once the signal aborts; what was opened too late for it is closed again. */
export async function reopen(openBus: () => Promise<ServoBus>, clock: Clock, signal: AbortSignal): Promise<ServoBus | null> {
  while (!signal.aborted) {
    await clock.sleep(REOPEN_MS, signal).catch(() => {}); // Leaving.
    if (signal.aborted) return null;
    const bus = await openBus().catch(() => null);
    if (bus && !signal.aborted) return bus;
    await bus?.[Symbol.asyncDispose]();
  }
  return null;
}
