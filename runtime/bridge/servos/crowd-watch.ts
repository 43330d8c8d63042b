/** Notices another program on the same wire: answers that nobody here asked for. */
import { nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { LinkCounts, ServoBus } from "./servo-bus.ts";

/** So many in so long. */
const UNASKED_MAX = 15;
const WINDOW_MS = 1000;

export interface CrowdWatch {
  look(bus: ServoBus, nowNs: bigint): AgentError | null;
}

export function createCrowdWatch(): CrowdWatch {
  let sinceNs: bigint | null = null;
  /** By servo, at the window's start, and at the start of the one before it. */
  let [before, longBefore] = [new Map<number, LinkCounts>(), new Map<number, LinkCounts>()];
  let isTold = false;
  /** SAFETY: an answer of our own that comes late was lost before, perhaps a window ago: what is more than those nobody here asked for. */
  const unasked = (id: number, { late, lost }: LinkCounts): number =>
    Math.max(0, late - (before.get(id)?.late ?? 0) - (lost - (longBefore.get(id)?.lost ?? 0)));
  return {
    look({ counts, portName }, nowNs) {
      if (sinceNs !== null && nsToMs(nowNs - sinceNs) < WINDOW_MS) return null;
      const now = new Map([...counts.byId].map(([id, each]) => [id, { ...each }]));
      const count = sinceNs === null ? 0 : [...now].reduce((sum, [id, each]) => sum + unasked(id, each), 0);
      [sinceNs, longBefore, before] = [nowNs, before, now];
      if (count <= UNASKED_MAX) {
        isTold = false;
        return null;
      }
      if (isTold) return null;
      isTold = true;
      const what = `${count} answers in a second that nobody here asked for, at most ${UNASKED_MAX}`;
      return new AgentError(
        "robot.aborted",
        `${portName}: ${what}: another program talks on this wire; end it (fuser ${portName}), then reset and start`,
      );
    },
  };
}
