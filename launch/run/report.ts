/** What a run says at its end. */
import type { TapReport } from "../../runtime/assemble/fan-out.ts";
import type { TaskResult } from "../../runtime/assemble/run-task.ts";
import { round } from "../../runtime/core/statistics.ts";
import type { Comparison } from "../../runtime/record/compare.ts";
import type { OpenedRobot, Replay } from "../backends/opened.ts";
import type { Blueprint } from "../blueprint.ts";
import { askedInWords, limitsOf } from "./limits-in-words.ts";
import type { StatisticsTap } from "./statistics-tap.ts";
import type { RunReport } from "./words.ts";

export interface Ended {
  readonly result: TaskResult;
  readonly blueprint: Blueprint;
  readonly opened: Pick<OpenedRobot, "mode" | "replay">;
  readonly provider: string;
  /** By the world's truth, and what counts as success; null where nobody knows. */
  readonly errorM: number | null;
  readonly successM: number | null;
  readonly statistics: ReturnType<StatisticsTap["report"]>;
  readonly taps: readonly TapReport[];
}

export function reportOf({ result, blueprint, opened, provider, errorM, successM, statistics, taps }: Ended): RunReport {
  const { model } = blueprint;
  return {
    ...result,
    limits: limitsOf(blueprint),
    mode: opened.mode,
    reached: errorM === null || successM === null ? null : errorM <= successM,
    distanceLeftCm: errorM === null ? null : round(errorM * 100, 2),
    ...statistics,
    provider,
    modelHash: model.modelHash,
    taps,
    replay: opened.replay ? compared(opened.replay, model.modelHash) : null,
  };
}

/** Interventions that are printed; the report for machines has more. */
const SHOWN_MAX = 12;

export function printRun(report: RunReport): string {
  const { planMs, decisionMs } = report;
  const reached = report.reached === null ? report.result : report.reached ? "reached" : "not reached";
  return [
    `goal           ${reached}${report.distanceLeftCm === null ? "" : `, ${report.distanceLeftCm} cm left`} (task ${report.result}: ${report.reason})`,
    `decisions      ${report.decisions} (${report.mode})`,
    ...(planMs && decisionMs
      ? [`plan time      p50 ${planMs.p50} ms, p99 ${planMs.p99} ms; whole decision p50 ${decisionMs.p50} ms, p99 ${decisionMs.p99} ms`]
      : []),
    `model calls    ${report.modelCalls} on ${report.provider}`,
    ...report.limits.map((limit, index) => `${index === 0 ? "limits" : ""}`.padEnd(15) + limit),
    ...report.limited
      .filter(({ limits }) => Object.keys(limits).length > 0)
      .slice(0, SHOWN_MAX)
      .map(
        ({ decision, who, limits }) =>
          `               ${who}, from decision ${decision} on, never looser than these: ${askedInWords(limits)}`,
      ),
    `interventions  ${report.guardInterventions} by the guards`,
    ...report.interventions
      .slice(0, SHOWN_MAX)
      .map(({ decision, verdict, why }) => `  decision ${decision} ${verdict === "clip" ? "made smaller" : "refused"}: ${why.join("; ")}`),
    ...(report.guardInterventions > SHOWN_MAX ? [`  and ${report.guardInterventions - SHOWN_MAX} more`] : []),
    ...report.taps.flatMap(({ name, dropped }) =>
      dropped > 0 ? [`missed         ${name} left out ${dropped} news while it was busy`] : [],
    ),
    ...(report.replay ? [printComparison(report.replay)] : []),
  ].join("\n");
}

function compared({ comparison, modelHash }: Replay, own: string): Comparison {
  const result = comparison.result();
  if (own === modelHash) return result;
  const other = `the model is ${own.slice(0, 12)}, the recording was made with ${modelHash.slice(0, 12)}`;
  return { ...result, differences: [other, ...result.differences] };
}

/** The same decisions, to the last bit? */
export const isSame = ({ differences }: Comparison): boolean => differences.length === 0;

function printComparison(comparison: Comparison): string {
  const { recorded, made, differing, differences } = comparison;
  if (isSame(comparison)) return `replay         all ${made} decisions are the recorded ones, bit for bit`;
  const head = `replay         ${differing} of ${made} decisions differ from the ${recorded} recorded ones`;
  return [head, ...differences.map((difference) => `  ${difference}`)].join("\n");
}
