/** What `bench guards` found, as people read it. */
import { figure } from "../../../../runtime/core/figure.ts";
import { machineLine } from "../machine.ts";
import { type Spread, table } from "../table.ts";
import type { BenchGuardsResult } from "./guards.ts";

const MILLION = 1_000_000;

export function printBenchGuards(result: BenchGuardsResult): string {
  const { machine, robot, model, planners, terms, seed, cases, left, kinds, problems, rows, chainMs } = result;
  const sum = (of: (row: (typeof kinds)[number]) => number): number => kinds.reduce((total, row) => total + of(row), 0);
  const coreS = sum((row) => row.coreS);
  const all = {
    kind: "all together",
    ...{ cases, refused: sum((row) => row.refused), coreS },
    ...{ pass: sum((row) => row.pass), clip: sum((row) => row.clip), stop: sum((row) => row.stop) },
  };
  const spread = ({ p50, p99 }: Spread) => ({ "p50 ms": figure(p50, { digits: 3 }), "p99 ms": figure(p99, { digits: 3 }) });
  return [
    machineLine(machine),
    `${robot}, seed ${seed}: ${cases} cases: ${all.pass} passed, ${all.clip} shortened, ${all.stop} stopped, ${all.refused} refused before; ${problems.length === 0 ? "nothing got past, nothing was thrown" : "PROBLEMS"}`,
    ...problems,
    ...(left > 0 ? [`${left} cases were left out; --cases ${left} --seed ${seed + 1} tries as many, and what both found adds up`] : []),
    `goals and objectives by ${planners.join(", ")} on ${model}: weights of ${terms.join(", ")}`,
    table(
      [...kinds, all].map((row) => ({
        tried: row.kind,
        ...{ cases: row.cases, passed: row.pass, shortened: row.clip, stopped: row.stop, "refused before": row.refused },
        "a second of a core": figure(row.cases / row.coreS, { digits: 0 }),
      })),
    ),
    `a million take ${figure((coreS * MILLION) / cases / 60, { digits: 0 })} minutes of one core`,
    table([
      ...rows.map(({ guard, checked, clipped, stopped, ms }) => ({ guard, checked, shortened: clipped, stopped, ...spread(ms) })),
      { guard: "all together", checked: cases - all.refused, shortened: all.clip, stopped: all.stop, ...spread(chainMs) },
    ]),
  ].join("\n");
}
