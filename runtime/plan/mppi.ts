/** Model predictive path integral control as one graph: refits to all candidates, weighted by the exponential of their cost (Williams et al. 2017; spread refitted as in TD-MPC2, Hansen et al. 2024). */
import type { Graph } from "../graph/builder.ts";
import { add, div, max, mul, neg, reduceMax, reduceSum, reshape, softmax, sqrt, square, sub } from "../graph/ops.ts";
import { STD_FLOOR } from "./cem.ts";
import { composePlanGraph, type PlanProblem, type Population, type Refit } from "./plan-graph.ts";

/** Temperature as a share of the cost range of the candidates: a candidate this far above the best weighs 1/e of it. */
export const LAMBDA_DEFAULT = 0.05;
/** Keeps the division defined when all candidates cost the same. */
const RANGE_MIN = 1e-6;

export const composeMppi = (problem: PlanProblem, lambda = LAMBDA_DEFAULT): Uint8Array =>
  composePlanGraph("mppi", problem, { refit: refitToWeights(lambda) });

const refitToWeights =
  (lambda: number): Refit =>
  (g: Graph, { futures, score, cost }: Population) => {
    const range = sub(g, reduceMax(g, cost), neg(g, reduceMax(g, neg(g, cost)))); // Of the costs: penalties must not flatten the feasible.
    const weights = softmax(g, neg(g, div(g, score, mul(g, add(g, range, RANGE_MIN), lambda))), 0); // (samples)
    const column = reshape(g, weights, [futures.samples, 1, 1]);
    const mean = reduceSum(g, mul(g, futures.actions, column), [0]); // (horizon, actionDim)
    const std = sqrt(g, reduceSum(g, mul(g, square(g, sub(g, futures.actions, mean)), column), [0]));
    return { mean, std: max(g, std, STD_FLOOR), eliteCost: reduceSum(g, mul(g, cost, weights)) };
  };
