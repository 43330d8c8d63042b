/** The sampling solvers as the agent sees them: compiled once, then one session call a plan. */
import { type Clock, nsToMs } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Budget, Plan, PlanRequest, Solver } from "../core/planning.ts";
import type { Rng } from "../core/rng.ts";
import type { TensorData } from "../graph/session.ts";
import { HIERARCHICAL_DEFAULTS, type HierarchicalOptions } from "./hierarchical.ts";
import { hierarchicalKind } from "./hierarchical-kind.ts";
import { importNetworks } from "./networks.ts";
import { type SkillGoal, skillObjective } from "./objective.ts";
import { offeredFeeds } from "./offered.ts";
import type { PlanProblem } from "./plan-graph.ts";
import { type ActionBounds, createPlanSession, fullBounds, type PlanSession, type SessionHost } from "./plan-session.ts";
import { createSizeChoice, type SizeChoice, sampleSizes } from "./size-choice.ts";
import { type Draw, type SearchOptions, type SolverKind, searchKind } from "./solver-kind.ts";

export type SolverName = SearchOptions["name"] | "hierarchical";

export interface SolverOptions extends SkillGoal, Pick<SearchOptions, "initialStd" | "lambda" | "icem" | "gradient"> {
  readonly name: SolverName;
  readonly package: ModelPackage;
  readonly budget: Budget;
  readonly sessions: SessionHost;
  /** Measures plans for the deadline. */
  readonly clock: Clock;
  /** Draw half of the first candidates from the package's policy; default false. */
  readonly proposals?: boolean;
  /** Let measured times choose the number of candidates; default true. False in lockstep: the same bytes each run. */
  readonly adaptive?: boolean;
  /** Default [-1, 1] on every axis. */
  readonly bounds?: ActionBounds;
  /** Of the solver hierarchical. */
  readonly hierarchical?: HierarchicalOptions | undefined;
  /** So many candidates from outside may compete, count; default 0. */
  readonly offered?: number | undefined;
}

/** Runs of each size at the start: the first one also allocates. */
const WARM_UP_RUNS = 2;

/** Compiles and opens the solver. Throws `launch.invalid`, `goal.mismatch` or `model.mismatch` when skill, goal and model do not fit. */
export async function createSolver(options: SolverOptions): Promise<Solver> {
  const { name, package: model, adaptive = true } = options;
  checkBudget(options.budget, name);
  const kind = kindOf(options);
  const { budget } = kind;
  const objective = skillObjective(options);
  const problem = {
    networks: importNetworks(model, { differentiable: name === "gradient" }),
    objective,
    ...budget,
    proposals: options.proposals ?? false,
    offered: options.offered ?? 0,
  };
  const sizes = adaptive ? sampleSizes(budget) : [budget.samples];
  const open = (samples: number): Promise<PlanSession> => openSize(options, kind, { ...problem, samples });
  const solver = new SamplingSolver(options, kind, sizes, await Promise.all(sizes.map(open)), open);
  if (adaptive) await solver.warmUp();
  return solver;
}

function kindOf(options: SolverOptions): SolverKind {
  const { name, budget, goalKind, proposals = false, hierarchical = HIERARCHICAL_DEFAULTS } = options;
  const { spec } = options.package;
  if (name !== "hierarchical") return searchKind({ ...options, name, actionDim: spec.axes.length });
  return hierarchicalKind({ budget, spec, goalKind, proposals, options: hierarchical });
}

/** Most candidates, iterations and steps that are compiled into one graph. */
const BUDGET_MAX = { samples: 4096, iterations: 32, horizon: 64 } as const;

function checkBudget(budget: Budget, name: string): void {
  for (const key of ["samples", "iterations", "horizon"] as const) {
    const value = budget[key];
    if (Number.isInteger(value) && value >= 1 && value <= BUDGET_MAX[key]) continue;
    throw new AgentError(
      "launch.invalid",
      `planner ${name}: ${key} ${value} is not a whole number in 1..${BUDGET_MAX[key]}; change the budget`,
    );
  }
  if (budget.deadlineMs > 0) return;
  throw new AgentError("launch.invalid", `planner ${name}: deadlineMs ${budget.deadlineMs} ms is not above 0; change the budget`);
}

async function openSize(options: SolverOptions, kind: SolverKind, problem: PlanProblem): Promise<PlanSession> {
  const { name, package: model, sessions } = options;
  const { samples, iterations, horizon, objective } = problem;
  const { bytes, futures } = kind.compose(problem);
  return createPlanSession({
    session: await sessions.open(bytes, { name: `${name} planner of ${samples} candidates` }),
    name,
    spec: model.spec,
    objective,
    bounds: options.bounds ?? fullBounds(model.spec),
    horizon,
    stats: { modelCalls: futures * horizon, iterations, samples },
  });
}

class SamplingSolver implements Solver {
  readonly name: string;
  readonly budget: Budget;
  readonly #latentDim: number;
  /** Of what may be offered: (count, horizon, actionDim). */
  readonly #offered: readonly [number, number, number];
  readonly #clock: Clock;
  readonly #kind: SolverKind;
  /** Largest first; behind them those that were wanted. */
  readonly #sizes: number[];
  readonly #sessions: PlanSession[];
  readonly #open: (samples: number) => Promise<PlanSession>;
  #choice: SizeChoice | null = null;

  constructor(
    { name, package: { spec }, clock, offered = 0 }: SolverOptions,
    kind: SolverKind,
    sizes: readonly number[],
    sessions: readonly PlanSession[],
    open: (samples: number) => Promise<PlanSession>,
  ) {
    this.name = name;
    this.budget = kind.budget;
    this.#latentDim = spec.latentDim;
    this.#offered = [offered, kind.budget.horizon, spec.axes.length];
    this.#clock = clock;
    this.#kind = kind;
    this.#sizes = [...sizes];
    this.#sessions = [...sessions];
    this.#open = open;
  }

  async plan(request: PlanRequest, rng: Rng, signal?: AbortSignal): Promise<Plan> {
    const index = request.candidates === undefined ? (this.#choice?.choose() ?? 0) : await this.#indexOf(request.candidates);
    const feeds = this.#feeds(request, index, (values) => rng.fillNormal(values));
    const startNs = this.#clock.nowNs();
    const answer = await this.#session(index).run(request, feeds, signal);
    if (request.candidates === undefined) this.#choice?.measured(index, nsToMs(this.#clock.nowNs() - startNs));
    return this.#kind.told(answer, request);
  }

  /** Measures every size on zeros, so that the first deadline is met as well. */
  async warmUp(): Promise<void> {
    const zeros = new Float32Array(this.#latentDim);
    const request: PlanRequest = { latent: zeros, goal: zeros, goalPositionM: [0, 0, 0], warmStart: null };
    const baselineMs: number[] = [];
    for (const index of this.#sizes.keys()) {
      let ms = 0;
      for (let run = 0; run < WARM_UP_RUNS; run++) {
        const startNs = this.#clock.nowNs();
        await this.#session(index).run(
          request,
          this.#feeds(request, index, (values) => values),
        );
        ms = nsToMs(this.#clock.nowNs() - startNs);
      }
      baselineMs.push(Math.max(ms, Number.EPSILON));
    }
    this.#choice = createSizeChoice(baselineMs, this.budget.deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session[Symbol.asyncDispose]()));
  }

  #feeds(request: PlanRequest, index: number, draw: Draw): Record<string, TensorData> {
    return { ...this.#kind.feeds(request, this.#sizes[index] as number, draw), ...offeredFeeds(request, this.#offered) };
  }

  /** Of a number of candidates that is wanted: one that measured times could choose is opened when it is first asked for, for any other it is the largest. */
  async #indexOf(samples: number): Promise<number> {
    const index = this.#sizes.indexOf(samples);
    if (index !== -1 || !sampleSizes(this.budget).includes(samples)) return Math.max(0, index);
    this.#sessions.push(await this.#open(samples));
    return this.#sizes.push(samples) - 1;
  }

  #session(index: number): PlanSession {
    const session = this.#sessions[index];
    invariant(session, `planner ${this.name}: no size ${index}`);
    return session;
  }
}
