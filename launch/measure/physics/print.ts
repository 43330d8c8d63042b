/** What became of the pairs, as a table: a line an event, a column for whoever watched. */
import { figure, percent } from "../../../runtime/core/figure.ts";
import { table } from "../bench/table.ts";
import { isTwin, MODEL, type PhysicsReport } from "./report.ts";
import type { PairScore } from "./score.ts";

export function printPhysics({ rows, windowDecisions, films, seed }: PhysicsReport): string {
  const watchers = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))].filter((who) => !isTwin(who));
  const lines = rows.map(({ property, what, scores }) => {
    const twins = Object.entries(scores).flatMap(([who, score]) => (isTwin(who) ? [score] : []));
    return {
      ...{ property, event: what, pairs: scores[MODEL]?.pairs ?? 0 },
      ...Object.fromEntries(watchers.map((who) => [who, scores[who] ? inWords(scores[who]) : "no pair"])),
      ...(twins.length > 0 ? { "untrained twins": rangeInWords(twins) } : {}),
    };
  });
  return [
    table(lines),
    `pairs told apart by the mean surprise (95 % interval), area under ROC by the largest, of ${windowDecisions} decisions; ${films} films, seeds from ${seed}`,
  ].join("\n");
}

const inWords = ({ accuracy, wilson95: [low, high], auroc }: PairScore): string =>
  `${percent(accuracy, 0)} (${percent(low, 0)} to ${percent(high, 0)}), ${figure(auroc, { digits: 2 })}`;

/** From the lowest to the highest of several. */
function rangeInWords(scores: readonly PairScore[]): string {
  const ends = (values: readonly number[]): readonly number[] => [Math.min(...values), Math.max(...values)];
  const shares = ends(scores.map(({ accuracy }) => accuracy)).map((share) => percent(share, 0));
  const areas = ends(scores.map(({ auroc }) => auroc)).map((area) => figure(area, { digits: 2 }));
  return `${shares.join(" to ")}, ${areas.join(" to ")}`;
}
