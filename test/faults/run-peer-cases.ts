/** Rows whose fault needs the other side itself: run where that is there, skipped with the reason where it is not. */
import { test } from "node:test";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { FaultCase } from "./case.ts";

const clock = new SystemClock();

/** `skip`: false, or why the other side is not there. */
export function runPeerCases(cases: readonly FaultCase[], skip: string | false): void {
  for (const { id, fault, detectedBy, safeState, run } of cases)
    test(`${id}, ${fault}: ${detectedBy}; ${safeState}`, { skip }, async (context) => {
      const fromNs = clock.nowNs();
      await run();
      context.diagnostic(
        `${id}: put right after ${(Number(clock.nowNs() - fromNs) / 1e9).toFixed(1)} s, the start of the other side included`,
      );
    });
}
