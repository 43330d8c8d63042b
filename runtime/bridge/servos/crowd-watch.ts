/** Notices another program on the same wire: answers that nobody here asked for. */
import { nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { ServoBus } from "./servo-bus.ts";

/** So many in so long. */
const UNASKED_MAX = 15;
const WINDOW_MS = 1000;

export interface CrowdWatch {
  look(bus: ServoBus, nowNs: bigint): AgentError | null;
}

export function createCrowdWatch(): CrowdWatch {
  let sinceNs: bigint | null = null;
  /** By servo, at the window's start. */
  let before = new Map<number, number>();
  let isTold = false;
  return {
    look({ counts, portName }, nowNs) {
      // An answer of our own that came late was lost before: what is more than those nobody here asked for.
      const now = new Map([...counts.byId].map(([id, { late, lost }]) => [id, late - lost]));
      if (sinceNs !== null && nsToMs(nowNs - sinceNs) < WINDOW_MS) return null;
      const count = sinceNs === null ? 0 : [...now].reduce((sum, [id, unasked]) => sum + Math.max(0, unasked - (before.get(id) ?? 0)), 0);
      [sinceNs, before] = [nowNs, now];
      if (count <= UNASKED_MAX) {
        isTold = false;
        return null;
      }
      if (isTold) return null;
      isTold = true;
      const what = `${count} answers in a second that nobody here asked for, at most ${UNASKED_MAX}`;
      return new AgentError(
        "robot.aborted",
        `${portName}: ${what}: another program talks on this wire; end it (fuser ${portName}), then resume`,
      );
    },
  };
}
