/** Waiting for what is told: it is looked at whenever something was heard. */
import type { Clock } from "../../../core/clock.ts";

/** Also looked at this often: who is gone tells nothing. */
const LOOK_MS = 200;

export class Hearing {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something was heard. */
  wake(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves when it is true, or when the time is over. */
  async until(isTrue: () => boolean, withinMs: number): Promise<void> {
    const ended = new AbortController();
    const look = (): void => {
      if (isTrue()) ended.abort();
    };
    this.#waiting.add(look);
    look();
    const stopLooking = this.#clock.every(LOOK_MS, look);
    await this.#clock.sleep(withinMs, ended.signal).catch(() => {});
    stopLooking();
    this.#waiting.delete(look);
  }
}
