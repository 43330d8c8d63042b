/** Composes a whole sampling planner into one ONNX graph of fixed shape: proposals, imagination, judgement and all iterations of the solver. */
import { Graph, type Value } from "../graph/builder.ts";
import { add, concat, gather, neg, reduceSum, reshape, slice } from "../graph/ops.ts";
import { imagineAround, type Search } from "./candidates.ts";
import type { Networks } from "./networks.ts";
import { best, type Judgement, judge, type Objective } from "./objective.ts";
import { declareOffered, offeredActions } from "./offered.ts";
import { declarePlanInputs, type Futures, type PlanInputs, rollActions, withinBounds } from "./rollout-graph.ts";

/** Everything that fixes a plan graph's shape and meaning. */
export interface PlanProblem {
  readonly networks: Networks;
  readonly objective: Objective;
  readonly samples: number;
  readonly iterations: number;
  readonly horizon: number;
  /** Draw half of the first iteration's candidates from the policy. */
  readonly proposals: boolean;
  /** So many candidates from outside compete at the end, count. */
  readonly offered: number;
}

/** A batch of judged candidates. */
export interface Population extends Judgement {
  readonly futures: Futures;
  /** What they were drawn from. */
  readonly search: Search;
}

/** What tells one sampling solver from another: where to look next, given how the candidates did. */
export type Refit = (
  g: Graph,
  population: Population,
) => Search & { /** Scalar: mean cost of those that counted. */ readonly eliteCost: Value };

/** What an iteration starts from. */
export interface Round {
  readonly inputs: PlanInputs;
  readonly search: Search;
  /** Standard normal, (samples, horizon, actionDim). */
  readonly noise: Value;
  /** From 0. */
  readonly iteration: number;
  /** The candidates before; null in the first iteration. */
  readonly previous: Population | null;
  readonly proposals: boolean;
}

/** A sampling solver in a graph: how it looks further, how it draws, and what it wants to know next time. */
export interface Method {
  readonly refit: Refit;
  /** Default: around the mean, half of the first iteration from the policy where it proposes. */
  readonly draw?: (round: Round) => Futures;
  /** Declares outputs of its own. */
  readonly finish?: (g: Graph, last: Population) => void;
}

/**
 * Inputs: those of declarePlanInputs, `mean` and `std` (horizon, actionDim), `noise` (iterations, samples, horizon, actionDim), standard normal.
 * Outputs: those of declarePlan and declareOffered, and `eliteCost` (iterations).
 * The answer is the best of the final mean, the best candidate of each iteration and what is offered; candidate 0 is the mean, so a warm start is never worsened.
 */
export function composePlanGraph(name: string, problem: PlanProblem, { refit, draw = drawPlainly, finish }: Method): Uint8Array {
  const { networks, objective, samples, iterations, horizon } = problem;
  const actionDim = networks.spec.axes.length;
  const g = new Graph(name);
  const inputs = declarePlanInputs(g, networks);
  let search: Search = { mean: g.input("mean", "float32", [horizon, actionDim]), std: g.input("std", "float32", [horizon, actionDim]) };
  const noises = g.input("noise", "float32", [iterations, samples, horizon, actionDim]);
  const finalists: Value[] = [];
  const eliteCosts: Value[] = [];
  const healths: Value[] = [];
  let previous: Population | null = null;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const noise = reshape(g, slice(g, noises, 0, iteration, iteration + 1), [samples, horizon, actionDim]);
    const futures = draw({ inputs, search, noise, iteration, previous, proposals: problem.proposals && iteration === 0 });
    const judgement = judge(futures, objective);
    const population: Population = { futures, search, ...judgement };
    const { eliteCost, ...next } = refit(g, population);
    finalists.push(gather(g, futures.actions, best(g, judgement.score)));
    eliteCosts.push(reshape(g, eliteCost, [1]));
    healths.push(health(futures, judgement));
    search = next;
    previous = population;
  }
  finalists.push(withinBounds(inputs, reshape(g, search.mean, [1, horizon, actionDim])));
  finalists.push(...offeredActions(inputs, problem));
  const final = rollActions(inputs, concat(g, finalists, 0)); // (iterations + 1 + offered, horizon, actionDim)
  const judgement = judge(final, objective);
  declarePlan(final, judgement, healths);
  declareOffered(final, judgement, problem);
  g.output("eliteCost", concat(g, eliteCosts, 0));
  if (previous) finish?.(g, previous);
  return g.toBytes();
}

/**
 * Declares the best of the futures as the graph's answer.
 * Outputs: `actions` (horizon, actionDim), `predicted` (horizon, latentDim), `cost` (1), `terms` (terms) weighted, `violation` (1), `health` (any), not finite when anything judged was not.
 */
export function declarePlan(futures: Futures, judgement: Judgement, healths: readonly Value[] = []): void {
  const { g, horizon, actions, latents } = futures;
  const row = best(g, judgement.score);
  g.output("actions", reshape(g, gather(g, actions, row), [horizon, actions.shape[2] as number]));
  g.output("predicted", reshape(g, gather(g, latents, row), [horizon, latents.shape[2] as number]));
  g.output("cost", gather(g, judgement.cost, row));
  g.output("terms", reshape(g, gather(g, judgement.terms, row), [judgement.terms.shape[1] as number]));
  g.output("violation", gather(g, judgement.violation, row));
  g.output("health", concat(g, [...healths, health(futures, judgement)], 0));
}

const drawPlainly = ({ inputs, search, noise, proposals }: Round): Futures => imagineAround(inputs, search, noise, proposals);

/** Sums what could be not finite: clipping and sorting may hide a NaN, a sum does not; (1). */
export function health({ g, latents }: Futures, { cost, violation }: Judgement): Value {
  const sums = [latents, cost, violation].map((value) => reshape(g, reduceSum(g, value), [1]));
  return neg(
    g,
    sums.reduce((total, next) => add(g, total, next)),
  );
}
