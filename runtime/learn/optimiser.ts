/** AdamW with clipped gradients and a moving average of the weights, as part of the training graph. */
import type { Graph, Value } from "../graph/builder.ts";
import { add, concat, div, min, mul, reduceSum, reshape, sqrt, square, sub } from "../graph/ops.ts";

/** Decoupled weight decay (Loshchilov and Hutter 2019) with the constants of Kingma and Ba 2015. */
export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
const EPSILON = 1e-8;
const WEIGHT_DECAY = 1e-4;
const NORM_MAX = 1;

/** The state that a step changes: flat vectors (size) of the weights, both moments, and the moving average of the weights. */
export interface OptimiserState {
  readonly parameters: Value;
  readonly moment1: Value;
  readonly moment2: Value;
  readonly average: Value;
}

/** Scalars of one step. */
export interface StepSize {
  /** Learning rate. */
  readonly rate: Value;
  /** 1 - beta1^n and 1 - beta2^n of the n-th step. */
  readonly correction1: Value;
  readonly correction2: Value;
}

/** One vector of all gradients, scaled down to a norm of at most 1 (Pascanu et al. 2013), and the norm before. */
export function clippedGradient(g: Graph, parts: readonly Value[]): { gradient: Value; norm: Value } {
  const flat = concat(
    g,
    parts.map((part) => reshape(g, part, [-1])),
    0,
  );
  const norm = sqrt(g, reduceSum(g, square(g, flat)));
  return { gradient: mul(g, flat, min(g, div(g, NORM_MAX, add(g, norm, 1e-6)), 1)), norm };
}

/** The state after one step; `averageRate` is how far the moving average goes towards the new weights. */
export function adamW(g: Graph, state: OptimiserState, gradient: Value, size: StepSize, averageRate: number): OptimiserState {
  const moment1 = add(g, mul(g, state.moment1, BETA_1), mul(g, gradient, 1 - BETA_1));
  const moment2 = add(g, mul(g, state.moment2, BETA_2), mul(g, square(g, gradient), 1 - BETA_2));
  const spread = add(g, sqrt(g, div(g, moment2, size.correction2)), EPSILON);
  const kept = mul(g, state.parameters, sub(g, 1, mul(g, size.rate, WEIGHT_DECAY)));
  const parameters = sub(g, kept, mul(g, div(g, moment1, spread), div(g, size.rate, size.correction1)));
  const average = add(g, mul(g, state.average, 1 - averageRate), mul(g, parameters, averageRate));
  return { parameters, moment1, moment2, average };
}
