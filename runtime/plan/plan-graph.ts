/** Composes a whole sampling planner into one ONNX graph of fixed shape: proposals, imagination, judgement and all iterations of the solver. */
import { Graph, type Value } from "../graph/builder.ts";
import { add, concat, gather, mul, neg, reduceSum, reshape, slice, topK } from "../graph/ops.ts";
import type { Networks } from "./networks.ts";
import { type Judgement, judge, type Objective } from "./objective.ts";
import { declarePlanInputs, type Futures, joinFutures, type PlanInputs, rollActions, rollPolicy, withinBounds } from "./rollout-graph.ts";

/** Everything that fixes a plan graph's shape and meaning. */
export interface PlanProblem {
  readonly networks: Networks;
  readonly objective: Objective;
  readonly samples: number;
  readonly iterations: number;
  readonly horizon: number;
  /** Draw half of the first iteration's candidates from the policy. */
  readonly proposals: boolean;
}

/** A normal distribution over action sequences, independent entries; both (horizon, actionDim). */
export interface Search {
  readonly mean: Value;
  readonly std: Value;
}

/** A batch of judged candidates. */
export interface Population extends Judgement {
  readonly futures: Futures;
}

/** What tells one sampling solver from another: where to look next, given how the candidates did. */
export type Refit = (
  g: Graph,
  population: Population,
) => Search & { /** Scalar: mean cost of those that counted. */ readonly eliteCost: Value };

/** Spread of the noise on the policy's proposals, in action units. */
const PROPOSAL_STD = 0.3;

/**
 * Inputs: those of declarePlanInputs, `mean` and `std` (horizon, actionDim), `noise` (iterations, samples, horizon, actionDim), standard normal.
 * Outputs: those of declarePlan, and `eliteCost` (iterations).
 * The answer is the best of the final mean and the best candidate of each iteration; candidate 0 is the mean, so a warm start is never worsened.
 */
export function composePlanGraph(name: string, problem: PlanProblem, refit: Refit): Uint8Array {
  const { networks, objective, samples, iterations, horizon } = problem;
  const actionDim = networks.spec.action.axes.length;
  const g = new Graph(name);
  const inputs = declarePlanInputs(g, networks);
  let search: Search = { mean: g.input("mean", "float32", [horizon, actionDim]), std: g.input("std", "float32", [horizon, actionDim]) };
  const noises = g.input("noise", "float32", [iterations, samples, horizon, actionDim]);
  const finalists: Value[] = [];
  const eliteCosts: Value[] = [];
  const healths: Value[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const noise = reshape(g, slice(g, noises, 0, iteration, iteration + 1), [samples, horizon, actionDim]);
    const futures = iteration === 0 && problem.proposals ? withProposals(inputs, search, noise) : sample(inputs, search, noise);
    const judgement = judge(futures, objective);
    const { eliteCost, ...next } = refit(g, { futures, ...judgement });
    finalists.push(gather(g, futures.actions, best(g, judgement.score)));
    eliteCosts.push(reshape(g, eliteCost, [1]));
    healths.push(health(futures, judgement));
    search = next;
  }
  finalists.push(withinBounds(inputs, reshape(g, search.mean, [1, horizon, actionDim])));
  const final = rollActions(inputs, concat(g, finalists, 0)); // (iterations + 1, horizon, actionDim)
  declarePlan(final, judge(final, objective), healths);
  g.output("eliteCost", concat(g, eliteCosts, 0));
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

/** Candidates around the mean; the first is the mean itself. */
function sample(inputs: PlanInputs, { mean, std }: Search, noise: Value): Futures {
  const { g } = inputs;
  return rollActions(inputs, withinBounds(inputs, add(g, mean, mul(g, std, firstSilent(g, noise)))));
}

/** The first half as `sample`, the second half the policy with noise, its first without. */
function withProposals(inputs: PlanInputs, search: Search, noise: Value): Futures {
  const { g } = inputs;
  const [samples, horizon] = noise.shape as [number, number, number];
  const proposed = Math.floor(samples / 2);
  const drawn = sample(inputs, search, slice(g, noise, 0, 0, samples - proposed));
  if (proposed === 0) return drawn;
  const disturbance = mul(g, firstSilent(g, slice(g, noise, 0, samples - proposed, samples)), PROPOSAL_STD);
  return joinFutures(drawn, rollPolicy(inputs, proposed, horizon, disturbance));
}

/** Noise with row 0 zero. */
function firstSilent(g: Graph, noise: Value): Value {
  const mask = new Float32Array(noise.shape[0] as number).fill(1);
  mask[0] = 0;
  return mul(g, noise, g.constant(mask, [mask.length, 1, 1]));
}

/** Index of the least score, (1). */
const best = (g: Graph, score: Value): Value => topK(g, score, 1, 0, { largest: false }).indices;

/** Sums what could be not finite: clipping and sorting may hide a NaN, a sum does not; (1). */
function health({ g, latents }: Futures, { cost, violation }: Judgement): Value {
  const sums = [latents, cost, violation].map((value) => reshape(g, reduceSum(g, value), [1]));
  return neg(
    g,
    sums.reduce((total, next) => add(g, total, next)),
  );
}
