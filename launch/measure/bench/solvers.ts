/** `foresight bench solvers`: success against compute of every solver on one model, on development episodes in lockstep, so that only thinking differs. */

import { openSolver, type PlannerConfig } from "../../../runtime/assemble/brain.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../../runtime/core/errors.ts";
import { figure, percent } from "../../../runtime/core/figure.ts";
import { round } from "../../../runtime/core/statistics.ts";
import { openSession } from "../../../runtime/graph/session.ts";
import type { SolverName } from "../../../runtime/plan/plan-solver.ts";
import { draw } from "../../compose.ts";
import { loadLaunch } from "../../config/load.ts";
import { skillsOf, trialNameOf } from "../../task-facts.ts";
import { evaluateLaunch } from "../eval.ts";
import { EVALUATION_SEED, type EvaluationReport } from "../evaluate.ts";
import { countFlop } from "./flop.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { table } from "./table.ts";

/** policy is Mode-1: one future, no search. */
export const BENCHED_SOLVERS = ["cem", "mppi", "icem", "gradient", "policy"] as const;
export type BenchedSolver = (typeof BENCHED_SOLVERS)[number];

/** Samples (gradient: starts) x iterations (gradient: steps). */
export interface SearchSize {
  readonly samples: number;
  readonly iterations: number;
}

export interface BenchSolversOptions {
  /** A launch file with backend.kind sim; its horizon, proposals and skill are taken as they are. */
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly episodes: number;
  /** Of the first episode; all must stay below 1000. */
  readonly seed: number;
  /** Default all. */
  readonly solvers?: readonly BenchedSolver[];
  /** Default three sizes for the sampling solvers and three for gradient. */
  readonly sizes?: readonly SearchSize[];
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SolverRow extends SearchSize {
  readonly solver: BenchedSolver;
  readonly horizon: number;
  readonly episodes: number;
  readonly successes: number;
  readonly wilson95: readonly [number, number];
  readonly finalErrorCm: EvaluationReport["finalErrorCm"];
  /** Matrix products of one plan. */
  readonly gflop: number;
  /** Judging the present and planning, with the way to the worker and back. */
  readonly planMs: EvaluationReport["planMs"];
}

export interface BenchSolversResult {
  readonly bench: "solvers";
  readonly machine: Machine;
  readonly task: string;
  readonly model: { readonly name: string; readonly hash: string };
  readonly proposals: boolean;
  readonly seed: number;
  readonly rows: readonly SolverRow[];
}

const SAMPLING_SIZES: readonly SearchSize[] = [
  { samples: 32, iterations: 2 },
  { samples: 64, iterations: 3 },
  { samples: 128, iterations: 3 },
];
/** A step of a start costs about three times a candidate. */
const GRADIENT_SIZES: readonly SearchSize[] = [
  { samples: 8, iterations: 3 },
  { samples: 8, iterations: 6 },
  { samples: 16, iterations: 8 },
];
const ONE_FUTURE: readonly SearchSize[] = [{ samples: 1, iterations: 0 }];

/** Throws AgentErrors of the launch file's parts. */
export async function benchSolvers(options: BenchSolversOptions): Promise<BenchSolversResult> {
  const { launch, overrides, episodes, seed, solvers = BENCHED_SOLVERS, signal } = options;
  if (seed + episodes > EVALUATION_SEED) {
    throw new AgentError(
      "launch.invalid",
      `bench solvers: seeds ${seed} to ${seed + episodes - 1}: those from ${EVALUATION_SEED} up are for evaluation only; choose smaller ones`,
    );
  }
  const machine = describeMachine();
  const { config, model } = await draw(loadLaunch(launch, [...overrides, "dashboard.enabled:=false"]));
  const rows: SolverRow[] = [];
  for (const solver of solvers) {
    for (const size of sizesOf(solver, options)) {
      signal.throwIfAborted();
      rows.push(await measure(solver, size, options));
    }
  }
  const task = trialNameOf(config) ?? config.backend.kind;
  const { proposals } = config.planner;
  return { bench: "solvers", machine, task, model: { name: model.spec.name, hash: model.modelHash }, proposals, seed, rows };
}

function sizesOf(solver: BenchedSolver, { sizes }: BenchSolversOptions): readonly SearchSize[] {
  if (solver === "policy") return ONE_FUTURE;
  return sizes ?? (solver === "gradient" ? GRADIENT_SIZES : SAMPLING_SIZES);
}

async function measure(solver: BenchedSolver, size: SearchSize, options: BenchSolversOptions): Promise<SolverRow> {
  const { launch, episodes, seed, signal, onProgress } = options;
  const chosen = solver === "policy" ? [] : ownOverrides(solver, size);
  const overrides = [...options.overrides, ...chosen];
  const policy = solver === "policy" ? "mode1" : "mode2";
  const progress = (text: string): void => onProgress?.(`${solver} ${size.samples}x${size.iterations}: ${text}`);
  const gflop = await planGflop(launch, overrides, policy);
  const report = await evaluateLaunch({ launch, overrides, episodes, seed, policy }, { say: progress, progress, signal });
  const { successes, wilson95, finalErrorCm, planMs } = report;
  const { horizon } = loadLaunch(launch, overrides).planner;
  return { solver, ...size, horizon, episodes: report.episodes, successes, wilson95, finalErrorCm, gflop, planMs };
}

const ownOverrides = (solver: SolverName, { samples, iterations }: SearchSize): string[] => [
  `planner.solver:=${solver}`,
  `planner.samples:=${samples}`,
  `planner.iterations:=${iterations}`,
];

/** Arithmetic of one plan of the launch file's first skill towards a picture. */
async function planGflop(launch: string, overrides: readonly string[], policy: PlannerConfig["policy"]): Promise<number> {
  const { config, model } = await draw(loadLaunch(launch, overrides));
  const [skill] = skillsOf(config.task);
  if (!skill) throw new AgentError("launch.invalid", "task: names no skill; give bench solvers a launch file whose task has one");
  const graphs: Uint8Array[] = [];
  const open: typeof openSession = (bytes, sessionOptions) => {
    graphs.push(bytes);
    return openSession(bytes, { ...sessionOptions, provider: "cpu" });
  };
  const planner = { ...config.planner, policy };
  await using _solver = await openSolver(
    { package: model, skill, goalKind: "image", planner, adaptive: false, clock: new SystemClock(), workspace: config.guards.workspace },
    { open },
  );
  const [graph] = graphs;
  invariant(graph, "bench solvers: the solver opened no graph");
  return round((await countFlop(graph)) / 1e9, 4);
}

export function printBenchSolvers({ machine, task, model, proposals, seed, rows }: BenchSolversResult): string {
  const lines = rows.map((row) => ({
    solver: row.solver,
    "samples x iterations x horizon": `${row.samples}x${row.iterations}x${row.horizon}`,
    GFLOP: row.gflop,
    "plan p50/p99 ms": `${figure(row.planMs.p50, { digits: 1 })}/${figure(row.planMs.p99, { digits: 1 })}`,
    success: `${row.successes} of ${row.episodes}`,
    "95 % interval": `${percent(row.wilson95[0])} to ${percent(row.wilson95[1])}`,
    "error p50/p90 cm": `${figure(row.finalErrorCm.p50)}/${figure(row.finalErrorCm.p90)}`,
  }));
  return [
    machineLine(machine),
    `${task}, lockstep, model ${model.name} ${model.hash.slice(0, 12)}, policy proposals ${proposals ? "on" : "off"}, seeds from ${seed}`,
    table(lines),
  ].join("\n");
}
