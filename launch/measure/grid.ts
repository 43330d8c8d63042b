/** `foresight eval --grid`: the same episodes with each of several settings, a row each, to choose from; here or on workers. */
import { parse } from "yaml";
import { AgentError } from "../../runtime/core/errors.ts";
import { figure, percent } from "../../runtime/core/figure.ts";
import { notPlain } from "../config/plain-data.ts";
import { table } from "./bench/table.ts";
import { type EvalIo, type EvalOptions, evalConfig } from "./eval.ts";
import { EVALUATION_SEED, type EvaluationReport } from "./evaluate.ts";

export interface GridRow {
  /** Overrides of the launch file. */
  readonly settings: readonly string[];
  readonly report: EvaluationReport;
}

const ROWS_MAX = 64;

/** Every combination of `KEY:=VALUE,VALUE` texts, the last varying fastest. Throws AgentError `launch.invalid`. */
export function combinations(axes: readonly string[]): readonly (readonly string[])[] {
  const rows = axes.map(valuesOf).reduce<string[][]>((all, values) => all.flatMap((row) => values.map((value) => [...row, value])), [[]]);
  if (rows.length <= ROWS_MAX) return rows;
  throw new AgentError("launch.invalid", `--grid: ${rows.length} combinations, at most ${ROWS_MAX}; give fewer values`);
}

function valuesOf(text: string): string[] {
  const at = text.indexOf(":=");
  const values = at > 0 ? yaml(`[${text.slice(at + 2)}]`) : null;
  if (Array.isArray(values) && values.length > 0) return values.map((value) => `${text.slice(0, at)}:=${JSON.stringify(value)}`);
  throw new AgentError("launch.invalid", `--grid ${text.slice(0, 100)}: is no KEY:=VALUE,VALUE; give one such as planner.samples:=64,128`);
}

function yaml(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return notPlain(value) ? null : value;
  } catch {
    return null;
  }
}

/** One row a combination; an interrupted run has fewer. Throws AgentErrors of the grid, of every launch file in it before the first episode, and of the evaluations. */
export async function evaluateGrid(
  options: EvalOptions,
  axes: readonly string[],
  evaluate: (options: EvalOptions, io: EvalIo) => Promise<EvaluationReport>,
  io: EvalIo,
): Promise<readonly GridRow[]> {
  const { episodes, seed } = options;
  if (seed + episodes > EVALUATION_SEED)
    throw new AgentError(
      "launch.invalid",
      `--grid: seeds ${seed} to ${seed + episodes - 1}: those from ${EVALUATION_SEED} up are for evaluation only; choose settings by smaller ones, such as --seed 600`,
    );
  const asked = combinations(axes).map((settings) => ({
    settings,
    options: { ...options, overrides: [...options.overrides, ...settings] },
  }));
  for (const each of asked) evalConfig(each.options);
  const rows: GridRow[] = [];
  for (const { settings, options: each } of asked) {
    if (io.signal.aborted) break;
    const progress = (text: string): void => io.progress(`${settings.join(" ")}: ${text}`);
    rows.push({ settings, report: await evaluate(each, { ...io, progress }) });
  }
  return rows;
}

export function printGrid(rows: readonly GridRow[]): string {
  const [first] = rows;
  if (!first) return "nothing was evaluated";
  const { task, policy, mode, seed, episodes } = first.report;
  const cells = rows.map(({ settings, report }) => ({
    settings: settings.join(" "),
    success: `${report.successes} of ${report.episodes}`,
    "95 % interval": `${percent(report.wilson95[0])} to ${percent(report.wilson95[1])}`,
    "error p50/p90 cm": `${figure(report.finalErrorCm.p50)}/${figure(report.finalErrorCm.p90)}`,
    "plan p50/p99 ms": `${figure(report.planMs.p50)}/${figure(report.planMs.p99)}`,
    "model calls": report.modelCalls,
  }));
  return `${task}, ${policy}, ${mode}, seeds ${seed} to ${seed + episodes - 1} of every row\n${table(cells)}`;
}
