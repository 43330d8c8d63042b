/** Notices another program on the same wire: answers that nobody here asked for. */
import { nsToMs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { ServoBus } from "./servo-bus.ts";

/** So many in so long; a late answer of our own now and then is fewer. */
const UNASKED_MAX = 15;
const WINDOW_MS = 1000;

export function createCrowdWatch() {
  let sinceNs: bigint | null = null;
  let before = 0;
  let isTold = false;
  return {
    look({ counts, portName }: ServoBus, nowNs: bigint): AgentError | null {
      const unasked = [...counts.byId.values()].reduce((sum, { late }) => sum + late, 0);
      if (sinceNs === null || unasked < before) [sinceNs, before] = [nowNs, unasked]; // The port was opened anew.
      if (nsToMs(nowNs - sinceNs) < WINDOW_MS) return null;
      const count = unasked - before;
      [sinceNs, before] = [nowNs, unasked];
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
