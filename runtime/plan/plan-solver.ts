/** The sampling solvers as the agent sees them: compiled once, then one session call a plan. */
import { type Clock, nsToMs } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Rng } from "../core/rng.ts";
import type { Budget, Plan, PlanRequest, Solver } from "../core/types.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { composeCem } from "./cem.ts";
import { composeMppi, LAMBDA_DEFAULT } from "./mppi.ts";
import { importNetworks } from "./networks.ts";
import { type SkillGoal, skillObjective } from "./objective.ts";
import type { PlanProblem } from "./plan-graph.ts";
import { type ActionBounds, createPlanSession, fullBounds, type PlanSession, type SessionHost } from "./plan-session.ts";
import { createSizeChoice, type SizeChoice, sampleSizes } from "./size-choice.ts";

export interface SolverOptions extends SkillGoal {
  readonly name: "cem" | "mppi";
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
}

const INITIAL_STD_DEFAULT = 0.7;
/** Runs of each size at the start: the first one also allocates. */
const WARM_UP_RUNS = 2;

/** Compiles and opens the solver. Throws `launch.invalid`, `goal.mismatch` or `model.mismatch` when skill, goal and model do not fit. */
export async function createSolver(options: SolverOptions): Promise<Solver> {
  const { name, package: model, budget, adaptive = true } = options;
  checkBudget(budget, name);
  const objective = skillObjective(options);
  const problem = { networks: importNetworks(model), objective, ...budget, proposals: options.proposals ?? false };
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
  const bytes = name === "cem" ? composeCem(problem) : composeMppi(problem, options.lambda ?? LAMBDA_DEFAULT);
  const finalists = iterations + 1;
  return createPlanSession({
    session: await sessions.open(bytes, { name: `${name} planner of ${samples} candidates` }),
    name,
    spec: model.spec,
    objective,
    bounds: options.bounds ?? fullBounds(model.spec),
    horizon,
    stats: { modelCalls: (samples * iterations + finalists) * horizon, iterations, samples },
  });
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
  #choice: SizeChoice | null = null;

  constructor(
    { name, budget, package: { spec }, clock, initialStd = INITIAL_STD_DEFAULT }: SolverOptions,
    sizes: readonly number[],
    sessions: readonly PlanSession[],
  ) {
    this.name = name;
    this.budget = budget;
    this.#actionDim = spec.action.axes.length;
    this.#latentDim = spec.latentDim;
    this.#clock = clock;
    this.#std = floats(new Float32Array(budget.horizon * this.#actionDim).fill(initialStd), [budget.horizon, this.#actionDim]);
    this.#sizes = sizes;
    this.#sessions = sessions;
  }

  async plan(request: PlanRequest, rng: Rng): Promise<Plan> {
    const index = this.#choice?.choose() ?? 0;
    const noise = rng.fillNormal(new Float32Array(this.#noiseLength(index)));
    const startNs = this.#clock.nowNs();
    const plan = await this.#run(index, request, noise);
    this.#choice?.measured(index, nsToMs(this.#clock.nowNs() - startNs));
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
        await this.#run(index, request, new Float32Array(this.#noiseLength(index)));
        ms = nsToMs(this.#clock.nowNs() - startNs);
      }
      baselineMs.push(Math.max(ms, Number.EPSILON));
    }
    this.#choice = createSizeChoice(baselineMs, this.budget.deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session[Symbol.asyncDispose]()));
  }

  #run(index: number, request: PlanRequest, noise: Float32Array): Promise<Plan> {
    const { horizon, iterations } = this.budget;
    const session = this.#sessions[index];
    invariant(session, `planner ${this.name}: no size ${index}`);
    const mean = request.warmStart ?? new Float32Array(horizon * this.#actionDim);
    return session.run(request, {
      mean: floats(mean, [horizon, this.#actionDim]),
      std: this.#std,
      noise: floats(noise, [iterations, this.#sizes[index] as number, horizon, this.#actionDim]),
    });
  }

  #noiseLength(index: number): number {
    return (this.#sizes[index] as number) * this.budget.iterations * this.budget.horizon * this.#actionDim;
  }
}
