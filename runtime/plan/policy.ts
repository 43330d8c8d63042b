/** Mode-1: the policy acts alone, without search (LeCun 2022, A path towards autonomous machine intelligence). */
import type { Solver } from "../core/planning.ts";
import { rollPolicy } from "./rollout-graph.ts";
import { createSingleFutureSolver, type SingleFutureOptions } from "./single-future.ts";

/** Opens the policy as a solver; its first action answers what is, the others what it imagines. Throws `model.mismatch` when the package has no policy. */
export function createPolicySolver(options: SingleFutureOptions): Promise<Solver> {
  return createSingleFutureSolver(options, {
    name: "policy",
    imagine: (inputs) => rollPolicy(inputs, 1, options.horizon, null),
    feeds: () => ({}),
  });
}
