/** Asks a server within a deadline: again, after a short random while, where it was not there or busy. */
import type { Clock } from "../../core/clock.ts";
import type { Rng } from "../../core/rng.ts";
import { LinkError } from "./link.ts";

export interface Patience {
  readonly clock: Clock;
  /** Robots that lost one server together do not come back together. */
  readonly rng: Rng;
  /** For all attempts together. */
  readonly deadlineMs: number;
}

const ATTEMPTS_MAX = 4;
const FIRST_PAUSE_MS = 5;

/** Throws LinkError (`unreachable` past the deadline) or the reason of the caller's signal; the attempt is cancelled in both cases. */
export async function ask<T>(
  { clock, rng, deadlineMs }: Patience,
  attempt: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const within = new AbortController();
  const giveUp = (): void => within.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  const late = clock.sleep(deadlineMs, within.signal).then(
    () => within.abort(new LinkError("unreachable", `it did not answer within ${deadlineMs} ms`)),
    () => undefined, // Answered, or no longer asked.
  );
  try {
    return await persist(clock, rng, attempt, within.signal);
  } finally {
    signal?.removeEventListener("abort", giveUp);
    within.abort();
    await late;
  }
}

async function persist<T>(clock: Clock, rng: Rng, attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LinkError) || error.kind === "refused" || count >= ATTEMPTS_MAX) throw error;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** count * rng.between(0.5, 1), signal);
    }
  }
}
