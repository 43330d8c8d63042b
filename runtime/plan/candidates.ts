/** Where the candidates of a sampling solver come from: chance around the present search, and the policy. */
import type { Graph, Value } from "../graph/builder.ts";
import { add, mul, slice } from "../graph/ops.ts";
import { type Futures, joinFutures, type PlanInputs, rollActions, rollPolicy, withinBounds } from "./rollout-graph.ts";

/** A normal distribution over action sequences, independent entries; both (horizon, actionDim). */
export interface Search {
  readonly mean: Value;
  readonly std: Value;
}

/** Spread of the noise on the policy's proposals, in action units. */
const PROPOSAL_STD = 0.3;

/** Action sequences around the mean, the first the mean itself; noise and result (samples, horizon, actionDim). */
export function drawAround(inputs: PlanInputs, { mean, std }: Search, noise: Value): Value {
  const { g } = inputs;
  return withinBounds(inputs, add(g, mean, mul(g, std, firstSilent(g, noise))));
}

/** Imagines candidates around the mean; with proposals only the first half, the second half is the policy with noise, its first without. */
export function imagineAround(inputs: PlanInputs, search: Search, noise: Value, proposals: boolean): Futures {
  const { g } = inputs;
  const samples = noise.shape[0] as number;
  const proposed = proposals ? Math.floor(samples / 2) : 0;
  if (proposed === 0) return rollActions(inputs, drawAround(inputs, search, noise));
  const drawn = rollActions(inputs, drawAround(inputs, search, slice(g, noise, 0, 0, samples - proposed)));
  return joinFutures(drawn, proposeActions(inputs, slice(g, noise, 0, samples - proposed, samples)));
}

/** The policy acting with noise of (samples, horizon, actionDim), the first time without. */
export function proposeActions(inputs: PlanInputs, noise: Value): Futures {
  const [samples, horizon] = noise.shape as [number, number, number];
  return rollPolicy(inputs, samples, horizon, mul(inputs.g, firstSilent(inputs.g, noise), PROPOSAL_STD));
}

/** Noise of (n, ...) with row 0 zero. */
export function firstSilent(g: Graph, noise: Value): Value {
  const mask = new Float32Array(noise.shape[0] as number).fill(1);
  mask[0] = 0;
  return mul(g, noise, g.constant(mask, [mask.length, ...noise.shape.slice(1).map(() => 1)]));
}
