/** Whether a server is asked: after some failures in a row not for a while, then it is looked at, and the while doubles as long as that fails (Nygard 2007, circuit breaker). */
import { type Clock, NS_PER_MS } from "../../core/clock.ts";

export interface Circuit {
  /** `closed`: ask. `open`: do not. `due`: do not yet, but look whether it is back. */
  readonly state: "closed" | "open" | "due";
  /** Returns whether it was not closed before. */
  succeeded(): boolean;
  /** Returns whether it was closed until now. */
  failed(): boolean;
}

const FAILURES_MAX = 3;
const PAUSE_MS = { first: 1_000, max: 30_000 } as const;

export function createCircuit(clock: Clock): Circuit {
  let failures = 0;
  let pauseMs = 0;
  let dueNs = 0n;
  return {
    get state() {
      if (pauseMs === 0) return "closed";
      return clock.nowNs() < dueNs ? "open" : "due";
    },
    succeeded() {
      const wasOpen = pauseMs > 0;
      failures = 0;
      pauseMs = 0;
      return wasOpen;
    },
    failed() {
      failures++;
      if (failures < FAILURES_MAX) return false;
      const opens = pauseMs === 0;
      pauseMs = opens ? PAUSE_MS.first : Math.min(PAUSE_MS.max, 2 * pauseMs);
      dueNs = clock.nowNs() + BigInt(pauseMs) * NS_PER_MS;
      return opens;
    },
  };
}
