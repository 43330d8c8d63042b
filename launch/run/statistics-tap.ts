/** Counts a run's decisions and keeps the times of the newest: a node that runs for days keeps no more than one that runs for minutes. */
import { quantile, round } from "../../runtime/core/statistics.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { Intervention, Limited, RunReport, Spread } from "./words.ts";

/** Decisions whose times are kept: half an hour of five a second. */
const TIMES_MAX = 9000;
/** Interventions that are kept in words, the first ones, all of them counted; as many of what people limited. */
const TOLD_MAX = 200;

export interface StatisticsTap extends Tap {
  report(): Pick<RunReport, "decisions" | "planMs" | "decisionMs" | "modelCalls" | "guardInterventions" | "interventions" | "limited">;
}

export function createStatisticsTap(): StatisticsTap {
  const planMs: number[] = [];
  const decisionMs: number[] = [];
  let decisions = 0;
  let modelCalls = 0;
  let guardInterventions = 0;
  const interventions: Intervention[] = [];
  const limited: Limited[] = [];
  return {
    name: "statistics",
    tick({ decision, timing }) {
      planMs[decisions % TIMES_MAX] = timing.planMs;
      decisionMs[decisions % TIMES_MAX] = timing.decisionMs;
      decisions++;
      modelCalls += decision.plan?.stats.modelCalls ?? 0;
      const { index, verdict, why } = decision;
      if (verdict === "pass") return;
      guardInterventions++;
      if (interventions.length < TOLD_MAX) interventions.push({ decision: index, verdict, why });
    },
    instant(told) {
      if (told.kind === "limited" && limited.length < TOLD_MAX) limited.push({ decision: decisions, who: told.who, limits: told.limits });
    },
    report: () => ({
      decisions,
      planMs: spreadOf(planMs),
      decisionMs: spreadOf(decisionMs),
      modelCalls,
      guardInterventions,
      interventions,
      limited,
    }),
  };
}

const spreadOf = (values: readonly number[]): Spread | null =>
  values.length === 0 ? null : { p50: round(quantile(values, 0.5), 1), p99: round(quantile(values, 0.99), 1) };
