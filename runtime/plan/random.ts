/** The random solver: uniform actions, switches at random, imagined and judged but not chosen. The floor that every planner must beat. */
import type { Solver } from "../core/planning.ts";
import { floats } from "../graph/session.ts";
import { rollActions, switched } from "./rollout-graph.ts";
import { createSingleFutureSolver, type SingleFutureOptions } from "./single-future.ts";

/** Opens the random solver: each action uniform within the bounds. */
export function createRandomSolver(options: SingleFutureOptions): Promise<Solver> {
  const actionDim = options.package.spec.axes.length;
  const shape = [1, options.horizon, actionDim];
  return createSingleFutureSolver(options, {
    name: "random",
    imagine: (inputs) => rollActions(inputs, switched(inputs, inputs.g.input("given", "float32", shape))),
    feeds({ low, high }, rng) {
      const actions = new Float32Array(options.horizon * actionDim);
      for (let i = 0; i < actions.length; i++) actions[i] = rng.between(low[i % actionDim] as number, high[i % actionDim] as number);
      return { given: floats(actions, shape) };
    },
  });
}
