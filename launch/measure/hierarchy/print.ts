/** What became of planners and distances, as a table: a line a planner, a column a distance. */
import { figure, percent } from "../../../runtime/core/figure.ts";
import { table } from "../bench/table.ts";
import type { EvaluationReport } from "../evaluate.ts";
import type { HierarchyReport } from "./report.ts";

export function printHierarchy({ task, modelHash, seed, decisionsMax, goals, rows }: HierarchyReport): string {
  const planners = [...new Set(rows.map(({ planner }) => planner))];
  const lines = planners.map((planner) => ({
    subgoals: planner,
    ...Object.fromEntries(
      goals.map(({ ahead }) => {
        const row = rows.find((each) => each.planner === planner && each.ahead === ahead);
        return [`${ahead} ahead`, row ? inWords(row.report) : "not played"];
      }),
    ),
  }));
  const held = goals.map(({ ahead, count, inHand }) => `${inHand} of ${count} at ${ahead}`).join(", ");
  return [
    `${task}: goals that scripted play comes to so many decisions later, judged after ${decisionsMax} decisions; seeds from ${seed}, model ${modelHash.slice(0, 12)}`,
    table(lines),
    `goals with the thing in the hand: ${held}`,
  ].join("\n");
}

const inWords = ({ successes, episodes, wilson95: [low, high], finalErrorCm: { p50 } }: EvaluationReport): string =>
  `${successes} of ${episodes} (${percent(low, 0)} to ${percent(high, 0)}), ${figure(p50, { unit: "cm" })}`;
