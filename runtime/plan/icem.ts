/** The improved cross-entropy method as one graph: coloured noise, elites kept over iterations and decisions, ever fewer candidates (Pinneri et al. 2020, arXiv 2008.06389). */
import type { Value } from "../graph/builder.ts";
import { add, concat, gather, matMul, max, mul, reduceMean, slice, sqrt, square, sub, topK } from "../graph/ops.ts";
import { drawAround, imagineAround } from "./candidates.ts";
import { eliteCount, STD_FLOOR } from "./cem.ts";
import { noiseColour } from "./noise-colour.ts";
import { composePlanGraph, type PlanProblem, type Population, type Refit, type Round } from "./plan-graph.ts";
import { type Futures, joinFutures, rollActions, withinBounds } from "./rollout-graph.ts";

/** All unit-free; the names of the paper in brackets. */
export interface IcemOptions {
  /** Power of the noise falls with frequency to this power, 0 (white) .. 4 [beta]. */
  readonly noiseExponent: number;
  /** Each iteration has this many times fewer candidates than the one before, 1..2 [gamma]. */
  readonly sampleDecay: number;
  /** Share of the elites that compete again, in the next iteration and in the next decision, 0..1 [xi]; at least one elite does. */
  readonly keptShare: number;
  /** How much of the old mean and spread stays at each refit, 0..0.9 [alpha]. */
  readonly momentum: number;
}

/** The authors' settings for share, decay and momentum (their code: fraction_elites_reused, factor_decrease_num, alpha); red noise, since a reach goes one way. */
export const ICEM_DEFAULTS: IcemOptions = { noiseExponent: 2, sampleDecay: 1.25, keptShare: 0.3, momentum: 0.1 };

/** How many elites stay: no more than half of the candidates. */
export const keptCount = (samples: number, { keptShare }: IcemOptions): number =>
  Math.max(1, Math.min(Math.round(eliteCount(samples) * keptShare), Math.floor(samples / 2)));

/** Candidates of each iteration, kept ones included: never fewer than twice the elites, never more than the budget. */
export function candidateCounts(
  { samples, iterations }: Pick<PlanProblem, "samples" | "iterations">,
  { sampleDecay }: IcemOptions,
): number[] {
  const least = Math.min(samples, 2 * eliteCount(samples));
  return Array.from({ length: iterations }, (_, i) => Math.max(least, Math.floor(samples / sampleDecay ** i)));
}

/** Beside the inputs and outputs of composePlanGraph: input `elites`, what the last decision kept, and output `kept`, the best of the last iteration, both (keptCount, horizon, actionDim). */
export function composeIcem(problem: PlanProblem, options: IcemOptions = ICEM_DEFAULTS): Uint8Array {
  const kept = keptCount(problem.samples, options);
  return composePlanGraph("icem", problem, {
    draw: drawColoured(candidateCounts(problem, options), kept, options.noiseExponent),
    refit: refitSlowly(eliteCount(problem.samples), options.momentum),
    finish: (g, last) => g.output("kept", bestActions(last, kept)),
  });
}

const drawColoured =
  (counts: readonly number[], kept: number, exponent: number) =>
  ({ inputs, search, noise, iteration, previous, proposals }: Round): Futures => {
    const { g } = inputs;
    const [, horizon, actionDim] = noise.shape as [number, number, number];
    const colour = g.constant(noiseColour(horizon, exponent), [horizon, horizon]);
    const coloured = matMul(g, colour, slice(g, noise, 0, 0, (counts[iteration] as number) - kept)); // (candidates, horizon, actionDim)
    const elites = previous ? bestActions(previous, kept) : withinBounds(inputs, g.input("elites", "float32", [kept, horizon, actionDim]));
    if (proposals) return joinFutures(imagineAround(inputs, search, coloured, true), rollActions(inputs, elites));
    return rollActions(inputs, concat(g, [drawAround(inputs, search, coloured), elites], 0));
  };

/** The elites' mean and spread, held back by the momentum. */
const refitSlowly =
  (elites: number, momentum: number): Refit =>
  (g, population) => {
    const { search, cost } = population;
    const actions = bestActions(population, elites); // (elites, horizon, actionDim)
    const mean = reduceMean(g, actions, [0]); // (horizon, actionDim)
    const std = sqrt(g, reduceMean(g, square(g, sub(g, actions, mean)), [0]));
    const slowed = (old: Value, next: Value): Value => add(g, mul(g, old, momentum), mul(g, next, 1 - momentum));
    return {
      mean: slowed(search.mean, mean),
      std: max(g, slowed(search.std, std), STD_FLOOR),
      eliteCost: reduceMean(g, gather(g, cost, bestRows(population, elites))),
    };
  };

const bestRows = ({ futures: { g }, score }: Population, count: number): Value => topK(g, score, count, 0, { largest: false }).indices;

const bestActions = (population: Population, count: number): Value =>
  gather(population.futures.g, population.futures.actions, bestRows(population, count));
