/** Unrolls the predictor inside a graph: many imagined futures side by side, from given actions or from the policy. */
import { TOOL_SIGNALS } from "../core/model.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { add, concat, expand, less, max, min, mul, reshape, slice, where } from "../graph/ops.ts";
import type { Networks } from "./networks.ts";

/** What every plan graph is asked: where we are and where to go. */
export interface PlanInputs {
  readonly g: Graph;
  readonly networks: Networks;
  /** (1, latentDim). */
  readonly start: Value;
  /** (1, latentDim), proprioception zero. */
  readonly goal: Value;
  /** (1, 3), metres. */
  readonly goalPositionM: Value;
  /** Least and greatest action, each (actionDim), within [-1, 1]. */
  readonly low: Value;
  readonly high: Value;
}

/** Imagined futures: `samples` sequences of `horizon` decisions. */
export interface Futures extends PlanInputs {
  readonly samples: number;
  readonly horizon: number;
  /** (samples, horizon, actionDim). */
  readonly actions: Value;
  /** After each action, (samples, horizon, latentDim). */
  readonly latents: Value;
}

/** Declares the inputs that all plan graphs share. */
export function declarePlanInputs(g: Graph, networks: Networks): PlanInputs {
  const { latentDim, axes } = networks.spec;
  const actionDim = axes.length;
  return {
    g,
    networks,
    start: g.input("latent", "float32", [1, latentDim]),
    goal: g.input("goal", "float32", [1, latentDim]),
    goalPositionM: g.input("goalPosition", "float32", [1, 3]),
    low: g.input("low", "float32", [actionDim]),
    high: g.input("high", "float32", [actionDim]),
  };
}

/** Imagines the given actions, (samples, horizon, actionDim). */
export function rollActions(inputs: PlanInputs, actions: Value): Futures {
  const [samples, horizon] = actions.shape as [number, number, number];
  return roll(inputs, samples, horizon, (_, step) => stepOf(inputs.g, actions, step));
}

/**
 * Imagines the policy acting towards the goal, its actions disturbed by noise of (samples, horizon, actionDim); null for none. Undisturbed, a switch is imagined as one
 * of its two and answered as the policy has it: whoever acts on it knows which it is now, and lets it stay there while the policy hovers.
 */
export function rollPolicy(inputs: PlanInputs, samples: number, horizon: number, noise: Value | null): Futures {
  const { g, networks } = inputs;
  const goals = expand(g, inputs.goal, [samples, networks.spec.latentDim]);
  const choose = (latent: Value, step: number): Value => {
    const action = networks.policy(g, latent, goals); // (samples, actionDim)
    return noise ? withinBounds(inputs, add(g, action, stepOf(g, noise, step))) : limited(inputs, action);
  };
  return roll(inputs, samples, horizon, choose, noise ? undefined : switched);
}

/** Joins futures of one horizon into one batch. */
export function joinFutures(first: Futures, second: Futures): Futures {
  return {
    ...first,
    samples: first.samples + second.samples,
    actions: concat(first.g, [first.actions, second.actions], 0),
    latents: concat(first.g, [first.latents, second.latents], 0),
  };
}

/** Limits actions of (..., actionDim) to the bounds of the inputs; a switch is one of its two. */
export const withinBounds = (inputs: PlanInputs, actions: Value): Value => switched(inputs, limited(inputs, actions));

/** Limits actions of (..., actionDim) to the bounds of the inputs, switches like the others. */
export const limited = ({ g, low, high }: PlanInputs, actions: Value): Value => max(g, min(g, actions, high), low);

/**
 * Every axis that is a switch at one of its bounds, by its sign. Chance around a mean so becomes a coin for each step, heavier the further the mean is from zero,
 * and a search that refits mean and spread to what it drew refits the coin: nothing hovers between the two.
 */
export function switched({ g, networks, low, high }: PlanInputs, actions: Value): Value {
  const { axes } = networks.spec;
  const isSwitch = Float32Array.from(axes, ({ kind }) => (kind === "switch" ? 1 : 0));
  if (isSwitch.every((each) => each === 0)) return actions;
  const side = where(g, less(g, actions, 0), low, high);
  const kept = g.constant(
    isSwitch.map((each) => 1 - each),
    [axes.length],
  );
  return add(g, mul(g, actions, kept), mul(g, side, g.constant(isSwitch, [axes.length])));
}

/** Where the model expects the tool: the denormalised end of latents of (n, steps, latentDim); (n, steps, 3), metres, base frame. */
export function toolM({ g, networks }: PlanInputs, latents: Value): Value {
  const { latentDim, proprioception } = networks.spec;
  const tool = proprioception.slice(0, TOOL_SIGNALS.length);
  const first = latentDim - proprioception.length;
  const normalised = slice(g, latents, 2, first, first + tool.length);
  const constant = (of: "mean" | "std"): Value => g.constant(Float32Array.from(tool, (signal) => signal[of]));
  return add(g, mul(g, normalised, constant("std")), constant("mean"));
}

/** The latents at the end of the horizon, (samples, latentDim). */
export function terminal({ g, latents, samples, horizon, networks }: Futures): Value {
  return reshape(g, slice(g, latents, 1, horizon - 1, horizon), [samples, networks.spec.latentDim]);
}

/** `acted`: what a chosen action does, where it is not itself. */
function roll(
  inputs: PlanInputs,
  samples: number,
  horizon: number,
  choose: (latent: Value, step: number) => Value,
  acted: (inputs: PlanInputs, chosen: Value) => Value = (_, chosen) => chosen,
): Futures {
  const { g, networks, start } = inputs;
  const { latentDim, axes } = networks.spec;
  const actions: Value[] = [];
  const latents: Value[] = [];
  let latent = expand(g, start, [samples, latentDim]);
  for (let step = 0; step < horizon; step++) {
    const chosen = choose(latent, step); // (samples, actionDim)
    latent = networks.predict(g, latent, acted(inputs, chosen)); // (samples, latentDim)
    actions.push(reshape(g, chosen, [samples, 1, axes.length]));
    latents.push(reshape(g, latent, [samples, 1, latentDim]));
  }
  return { ...inputs, samples, horizon, actions: concat(g, actions, 1), latents: concat(g, latents, 1) };
}

/** One step of (samples, horizon, actionDim) as (samples, actionDim). */
function stepOf(g: Graph, actions: Value, step: number): Value {
  const [samples, , actionDim] = actions.shape as [number, number, number];
  return reshape(g, slice(g, actions, 1, step, step + 1), [samples, actionDim]);
}
