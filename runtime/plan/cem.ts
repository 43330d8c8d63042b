/** The cross-entropy method as one graph: refits mean and spread to the best tenth of the candidates (Rubinstein 1999; as a planner, Chua et al. 2018, PETS). */
import type { Graph } from "../graph/builder.ts";
import { gather, max, reduceMean, sqrt, square, sub, topK } from "../graph/ops.ts";
import { composePlanGraph, type PlanProblem, type Population, type Refit } from "./plan-graph.ts";

/** The share of candidates that count, and how many at least: a tenth of 64 would not carry a spread. */
const ELITE_SHARE = 0.1;
const ELITES_MIN = 6;
/** The spread never falls below this, in action units, so that late iterations still search. */
export const STD_FLOOR = 0.05;

export const eliteCount = (samples: number): number => Math.min(samples, Math.max(ELITES_MIN, Math.floor(samples * ELITE_SHARE)));

export const composeCem = (problem: PlanProblem): Uint8Array => composePlanGraph("cem", problem, { refit: refitToElites });

const refitToElites: Refit = (g: Graph, { futures, score, cost }: Population) => {
  const elites = topK(g, score, eliteCount(futures.samples), 0, { largest: false }).indices; // (elites)
  const actions = gather(g, futures.actions, elites); // (elites, horizon, actionDim)
  const mean = reduceMean(g, actions, [0]); // (horizon, actionDim)
  const std = sqrt(g, reduceMean(g, square(g, sub(g, actions, mean)), [0]));
  return { mean, std: max(g, std, STD_FLOOR), eliteCost: reduceMean(g, gather(g, cost, elites)) };
};
