/** The sampling solvers as the agent sees them: compiled once, then one session call a plan. */
import { type Clock, nsToMs } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Budget, Plan, PlanRequest, Solver } from "../core/planning.ts";
import type { Rng } from "../core/rng.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { composeCem } from "./cem.ts";
import { composeGradient, GRADIENT_DEFAULTS, type GradientOptions, gradientFutures } from "./gradient.ts";
import { candidateCounts, composeIcem, ICEM_DEFAULTS, type IcemOptions, keptCount } from "./icem.ts";
import { KeptElites } from "./kept-elites.ts";
import { composeMppi, LAMBDA_DEFAULT } from "./mppi.ts";
import { importNetworks } from "./networks.ts";
import { type SkillGoal, skillObjective } from "./objective.ts";
import type { PlanProblem } from "./plan-graph.ts";
import { type ActionBounds, createPlanSession, fullBounds, type PlanSession, type SessionHost } from "./plan-session.ts";
import { createSizeChoice, type SizeChoice, sampleSizes } from "./size-choice.ts";

export type SolverName = "cem" | "mppi" | "icem" | "gradient";

export interface SolverOptions extends SkillGoal {
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
  /** Spread of the first candidates, in action units; default 0.7. */
  readonly initialStd?: number;
  /** Temperature of mppi; default 0.05 of the cost range. */
  readonly lambda?: number;
  readonly icem?: IcemOptions;
  /** Of the solver gradient, which takes samples as starts and iterations as steps. */
  readonly gradient?: GradientOptions;
}

const INITIAL_STD_DEFAULT = 0.7;
/** Runs of each size at the start: the first one also allocates. */
const WARM_UP_RUNS = 2;

/** Compiles and opens the solver. Throws `launch.invalid`, `goal.mismatch` or `model.mismatch` when skill, goal and model do not fit. */
export async function createSolver(options: SolverOptions): Promise<Solver> {
  const { name, package: model, budget, adaptive = true } = options;
  checkBudget(budget, name);
  const objective = skillObjective(options);
  const problem = {
    networks: importNetworks(model, { differentiable: name === "gradient" }),
    objective,
    ...budget,
    proposals: options.proposals ?? false,
  };
  const sizes = adaptive ? sampleSizes(budget) : [budget.samples];
  const sessions = await Promise.all(sizes.map((samples) => openSize(options, { ...problem, samples })));
  const solver = new SamplingSolver(options, sizes, sessions);
  if (adaptive) await solver.warmUp();
  return solver;
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

async function openSize(options: SolverOptions, problem: PlanProblem): Promise<PlanSession> {
  const { name, package: model, sessions } = options;
  const { samples, iterations, horizon, objective } = problem;
  const { bytes, futures } = compose(options, problem);
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

/** The planner's graph, and how many futures it imagines: those of its iterations, then the finalists. */
function compose(options: SolverOptions, problem: PlanProblem): { readonly bytes: Uint8Array; readonly futures: number } {
  const { name, lambda = LAMBDA_DEFAULT, icem = ICEM_DEFAULTS, gradient = GRADIENT_DEFAULTS } = options;
  const { samples, iterations } = problem;
  const finalists = iterations + 1;
  switch (name) {
    case "cem":
      return { bytes: composeCem(problem), futures: samples * iterations + finalists };
    case "mppi":
      return { bytes: composeMppi(problem, lambda), futures: samples * iterations + finalists };
    case "icem":
      return { bytes: composeIcem(problem, icem), futures: candidateCounts(problem, icem).reduce((sum, count) => sum + count, finalists) };
    case "gradient":
      return { bytes: composeGradient(problem, gradient), futures: gradientFutures(problem) };
  }
}

class SamplingSolver implements Solver {
  readonly name: string;
  readonly budget: Budget;
  readonly #actionDim: number;
  readonly #latentDim: number;
  readonly #clock: Clock;
  readonly #std: TensorData;
  readonly #sizes: readonly number[];
  readonly #sessions: readonly PlanSession[];
  /** What icem keeps from one decision to the next; null for the others. */
  readonly #elites: { readonly kept: KeptElites; readonly options: IcemOptions } | null;
  #choice: SizeChoice | null = null;

  constructor(
    { name, budget, package: { spec }, clock, initialStd = INITIAL_STD_DEFAULT, icem = ICEM_DEFAULTS }: SolverOptions,
    sizes: readonly number[],
    sessions: readonly PlanSession[],
  ) {
    this.name = name;
    this.budget = budget;
    this.#actionDim = spec.axes.length;
    this.#latentDim = spec.latentDim;
    this.#clock = clock;
    this.#std = floats(new Float32Array(budget.horizon * this.#actionDim).fill(initialStd), [budget.horizon, this.#actionDim]);
    this.#sizes = sizes;
    this.#sessions = sessions;
    this.#elites = name === "icem" ? { kept: new KeptElites(this.#actionDim), options: icem } : null;
  }

  async plan(request: PlanRequest, rng: Rng, signal?: AbortSignal): Promise<Plan> {
    const index = this.#choice?.choose() ?? 0;
    const feeds = this.#feeds(index, request, (values) => rng.fillNormal(values));
    const startNs = this.#clock.nowNs();
    const { plan, outputs } = await this.#session(index).run(request, feeds, signal);
    this.#choice?.measured(index, nsToMs(this.#clock.nowNs() - startNs));
    if (outputs["kept"]) this.#elites?.kept.keep(plan.actions, outputs["kept"].data as Float32Array);
    return plan;
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
          this.#feeds(index, request, (values) => values),
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

  #session(index: number): PlanSession {
    const session = this.#sessions[index];
    invariant(session, `planner ${this.name}: no size ${index}`);
    return session;
  }

  /** The inputs that only this solver's graph has; `draw` fills with standard normal numbers. */
  #feeds(index: number, { warmStart }: PlanRequest, draw: (values: Float32Array) => Float32Array): Record<string, TensorData> {
    const { horizon } = this.budget;
    const rounds = this.name === "gradient" ? 1 : this.budget.iterations; // A descent needs chance for its starts only.
    const samples = this.#sizes[index] as number;
    const size = horizon * this.#actionDim;
    const feeds: Record<string, TensorData> = {
      mean: floats(warmStart ?? new Float32Array(size), [horizon, this.#actionDim]),
      std: this.#std,
      noise: floats(draw(new Float32Array(rounds * samples * size)), [rounds, samples, horizon, this.#actionDim]),
    };
    if (!this.#elites) return feeds;
    const count = keptCount(samples, this.#elites.options);
    const elites = this.#elites.kept.recall(warmStart, count) ?? draw(new Float32Array(count * size)); // None yet: chance takes their places.
    return { ...feeds, elites: floats(elites, [count, horizon, this.#actionDim]) };
  }
}
