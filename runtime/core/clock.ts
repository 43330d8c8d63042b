/** Time, injected: the only file that reads the machine's clock or sets its timers. */
export interface Clock {
  /** Monotonic, nanoseconds. */
  nowNs(): bigint;
  /** Calls back every `periodMs` until the returned function is called; late calls are skipped, not queued. */
  every(periodMs: number, callback: () => void): () => void;
  /** Resolves after `ms`, rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const NS_PER_MS = 1_000_000n;
export const secondsToNs = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));
export const nsToSeconds = (ns: bigint): number => Number(ns) / 1e9;
export const nsToMs = (ns: bigint): number => Number(ns) / 1e6;

/**
 * The time of day, as people and other machines mean it. It may jump forward and back, so ages and waits are never taken from it:
 * it only judges stamps that came from outside.
 */
export interface WallClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowUtcMs(): number;
}

/** The machine's time of day. */
export class SystemWallClock implements WallClock {
  nowUtcMs(): number {
    return Date.now();
  }
}

/** A time of day that goes with a manual clock, and jumps when told to. */
export class ManualWallClock implements WallClock {
  readonly #clock: Clock;
  #offsetMs: number;

  constructor(clock: Clock, startUtcMs: number) {
    this.#clock = clock;
    this.#offsetMs = startUtcMs - nsToMs(clock.nowNs());
  }

  nowUtcMs(): number {
    return Math.round(this.#offsetMs + nsToMs(this.#clock.nowNs()));
  }

  /** Somebody sets the machine's time. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }
}

/** ISO 8601 with milliseconds: 2026-11-29T10:56:56.000Z. Throws RangeError outside the years that it can say. */
export const utcText = (utcMs: number): string => new Date(utcMs).toISOString();
/** Milliseconds since 1970, NaN for a text that is no such time. */
export const utcMsOf = (text: string): number => Date.parse(text);

/** The machine's monotonic clock. */
export class SystemClock implements Clock {
  nowNs(): bigint {
    return process.hrtime.bigint();
  }

  every(periodMs: number, callback: () => void): () => void {
    const startNs = this.nowNs();
    let tick = 0;
    let timer: NodeJS.Timeout;
    let isStopped = false; // It may be stopped by its own callback, when no timer is armed.
    const schedule = (): void => {
      if (isStopped) return;
      const elapsedMs = nsToMs(this.nowNs() - startNs);
      tick = Math.max(tick + 1, Math.floor(elapsedMs / periodMs) + (elapsedMs % periodMs > periodMs / 2 ? 1 : 0));
      timer = setTimeout(run, Math.max(0, tick * periodMs - elapsedMs));
    };
    const run = (): void => {
      callback();
      schedule();
    };
    schedule();
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}

interface Timer {
  dueNs: bigint;
  readonly periodNs: bigint | null;
  readonly callback: () => void;
}

/** A clock that only moves when told to: lockstep, tests and replay. */
export class ManualClock implements Clock {
  #nowNs: bigint;
  readonly #timers = new Set<Timer>();

  constructor(startNs = 0n) {
    this.#nowNs = startNs;
  }

  nowNs(): bigint {
    return this.#nowNs;
  }

  /** Moves time forward, firing due timers in order. Throws RangeError when asked to go back. */
  advanceTo(stampNs: bigint): void {
    if (stampNs < this.#nowNs) throw new RangeError(`clock: cannot go back from ${this.#nowNs} ns to ${stampNs} ns`);
    for (let next = this.#due(stampNs); next; next = this.#due(stampNs)) {
      this.#nowNs = next.dueNs;
      if (next.periodNs === null) this.#timers.delete(next);
      else next.dueNs += next.periodNs;
      next.callback();
    }
    this.#nowNs = stampNs;
  }

  advance(ms: number): void {
    this.advanceTo(this.#nowNs + BigInt(Math.round(ms * 1e6)));
  }

  every(periodMs: number, callback: () => void): () => void {
    const periodNs = BigInt(Math.round(periodMs * 1e6));
    return this.#add({ dueNs: this.#nowNs + periodNs, periodNs, callback });
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = this.#add({ dueNs: this.#nowNs + BigInt(Math.round(ms * 1e6)), periodNs: null, callback: resolve });
      signal?.addEventListener(
        "abort",
        () => {
          cancel();
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #due(untilNs: bigint): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueNs <= untilNs && (!first || timer.dueNs < first.dueNs)) first = timer;
    }
    return first;
  }
}
