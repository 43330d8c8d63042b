/** Counts a run's decisions: those that were sent in time, those that were too late, and those that were never made. */
import { type Clock, nsToMs } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import type { Tap } from "../../../../runtime/core/tap.ts";

export interface Decided {
  readonly made: number;
  /** Planned, and not sent because its motion should have begun already. */
  readonly late: number;
  /** Periods in which a skill acted and nothing was decided. */
  readonly missed: number;
  readonly longestGapMs: number;
  /** Errors by code; "bug" for what is none of ours. */
  readonly faults: Readonly<Record<string, number>>;
}

export interface DecidedOnTime extends Tap {
  count(): Decided;
}

export function createDecidedOnTime(clock: Clock, periodS: number): DecidedOnTime {
  const periodMs = periodS * 1e3;
  const faults: Record<string, number> = {};
  let [made, late, missed, longestGapMs] = [0, 0, 0, 0];
  /** Null where the next decision has none before it. */
  let lastNs: bigint | null = null;
  const mark = (): void => {
    const nowNs = clock.nowNs();
    if (lastNs !== null) {
      const gapMs = nsToMs(nowNs - lastNs);
      longestGapMs = Math.max(longestGapMs, gapMs);
      missed += Math.max(0, Math.round(gapMs / periodMs) - 1);
    }
    lastNs = nowNs;
  };
  return {
    name: "decisions on time",
    tick() {
      mark();
      made++;
    },
    state({ mayAct }) {
      if (!mayAct) lastNs = null;
    },
    fault({ error }) {
      const code = error instanceof AgentError ? error.code : "bug";
      faults[code] = (faults[code] ?? 0) + 1;
      if (code !== "plan.late") return;
      mark();
      late++;
    },
    count: () => ({ made, late, missed, longestGapMs, faults: { ...faults } }),
  };
}
