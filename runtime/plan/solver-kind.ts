/** What tells one solver from another outside its graph: what it compiles, what it feeds, and what more it tells of a plan. */
import type { Budget, Plan, PlanRequest } from "../core/planning.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { composeCem } from "./cem.ts";
import { composeGradient, GRADIENT_DEFAULTS, type GradientOptions, gradientFutures } from "./gradient.ts";
import { candidateCounts, composeIcem, ICEM_DEFAULTS, type IcemOptions, keptCount } from "./icem.ts";
import { KeptElites } from "./kept-elites.ts";
import { composeMppi, LAMBDA_DEFAULT } from "./mppi.ts";
import type { PlanProblem } from "./plan-graph.ts";
import type { Answer } from "./plan-session.ts";

/** Fills with standard normal numbers and returns the same array. */
export type Draw = (values: Float32Array) => Float32Array;

export interface SolverKind {
  /** What it does with the budget that it was given. */
  readonly budget: Budget;
  /** The graph, and how many futures it imagines. */
  compose(problem: PlanProblem): { readonly bytes: Uint8Array; readonly futures: number };
  /** The inputs that only this solver's graph has, of `samples` candidates. */
  feeds(request: PlanRequest, samples: number, draw: Draw): Record<string, TensorData>;
  /** The plan, with what only this solver knows of it; keeps what the next one goes on from. */
  told(answer: Answer, request: PlanRequest): Plan;
}

/** Those that search around a mean. */
export interface SearchOptions {
  readonly name: "cem" | "mppi" | "icem" | "gradient";
  readonly budget: Budget;
  readonly actionDim: number;
  /** Spread of the first candidates, in action units; default 0.7. */
  readonly initialStd?: number | undefined;
  /** Temperature of mppi; default 0.05 of the cost range. */
  readonly lambda?: number | undefined;
  readonly icem?: IcemOptions | undefined;
  /** Of the solver gradient, which takes samples as starts and iterations as steps. */
  readonly gradient?: GradientOptions | undefined;
}

const INITIAL_STD_DEFAULT = 0.7;

export function searchKind(options: SearchOptions): SolverKind {
  const { name, budget, actionDim, icem = ICEM_DEFAULTS, initialStd = INITIAL_STD_DEFAULT } = options;
  const { horizon } = budget;
  const size = horizon * actionDim;
  const std = floats(new Float32Array(size).fill(initialStd), [horizon, actionDim]);
  const rounds = name === "gradient" ? 1 : budget.iterations; // A descent needs chance for its starts only.
  const kept = name === "icem" ? new KeptElites(actionDim) : null;
  const elitesOf = ({ warmStart }: PlanRequest, samples: number, draw: Draw): Record<string, TensorData> => {
    if (!kept) return {};
    const count = keptCount(samples, icem);
    const elites = kept.recall(warmStart, count) ?? draw(new Float32Array(count * size)); // None yet: chance takes their places.
    return { elites: floats(elites, [count, horizon, actionDim]) };
  };
  return {
    budget,
    compose: (problem) => compose(options, problem),
    feeds: (request, samples, draw) => ({
      mean: floats(request.warmStart ?? new Float32Array(size), [horizon, actionDim]),
      std,
      noise: floats(draw(new Float32Array(rounds * samples * size)), [rounds, samples, horizon, actionDim]),
      ...elitesOf(request, samples, draw),
    }),
    told({ plan, outputs }, { offered = [] }) {
      if (outputs["kept"]) kept?.keep(plan.actions, outputs["kept"].data as Float32Array);
      return outputs["isOffered"]?.data[0] === 1 && offered.length > 0 ? { ...plan, decider: "memory" } : plan;
    },
  };
}

/** The planner's graph, and how many futures it imagines: those of its iterations, then the finalists. */
function compose(options: SearchOptions, problem: PlanProblem): { readonly bytes: Uint8Array; readonly futures: number } {
  const { name, lambda = LAMBDA_DEFAULT, icem = ICEM_DEFAULTS, gradient = GRADIENT_DEFAULTS } = options;
  const { samples, iterations } = problem;
  const finalists = iterations + 1 + problem.offered;
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
