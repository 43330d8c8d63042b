/** A policy acting in imagination: what its way through the frozen world model costs by the frozen critic's word, differentiable (Hafner et al. 2020, arXiv 1912.01603). */
import type { ModelPackage } from "../core/model.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { type ImportedModel, importModel } from "../graph/import.ts";
import { add, concat, div, mul, reduceMean, reduceSum, square } from "../graph/ops.ts";
import { traceModel } from "../graph/trace.ts";
import type { Building } from "./layers.ts";
import { policy } from "./nets.ts";

/** The frozen networks that a policy is trained against, as nodes of its training graph. */
export interface Imagination {
  /** latent (rows, L), action (rows, A) -> next latent (rows, L). */
  predict(latent: Value, action: Value): Value;
  /** latent (rows, L), goal (rows, visualDim) -> expected decisions to the goal (rows, 1). */
  cost(latent: Value, goal: Value): Value;
}

/** The networks of a package, whoever made it. Throws `model.mismatch` for an operator that no gradient passes. */
export function imaginationOf({ spec, networks }: ModelPackage): (g: Graph) => Imagination {
  const read = (role: "predictor" | "critic"): ImportedModel => importModel(networks[role], `${spec.name} ${role}`);
  const [predictor, critic] = [read("predictor"), read("critic")];
  const felt = spec.proprioception.length;
  const trace = (g: Graph, model: ImportedModel, inputs: Record<string, Value>) => traceModel(g, model, inputs, { differentiable: true });
  return (g) => ({
    predict: (latent, action) => trace(g, predictor, { latent, action })["next"] as Value,
    cost(latent, goal) {
      const rows = goal.shape[0] as number;
      const whole = concat(g, [goal, g.constant(new Float32Array(rows * felt), [rows, felt])], 1);
      return trace(g, critic, { latent, goal: whole })["cost"] as Value;
    },
  });
}

/** Decisions imagined: fewer do not see around the object (push, policy alone, development seeds: 47 of 60 with 5, 81 of 100 with 8 and with 10). */
const HORIZON = 8;
/** Of the squared action, beside expected decisions. */
const EFFORT = 0.01;

/** Mean cost of a step on the ways that the policy imagines from `latent` (rows, L) towards `goal` (rows, visualDim). */
export function imaginedCost(at: Building, { predict, cost }: Imagination, latent: Value, goal: Value, actionDim: number): Value {
  const { g } = at;
  let now = latent;
  let total = g.constant(0);
  for (let step = 0; step < HORIZON; step++) {
    const action = policy(at, now, goal, actionDim);
    now = predict(now, action);
    const effort = reduceMean(g, reduceSum(g, square(g, action), [1]));
    total = add(g, total, add(g, reduceMean(g, cost(now, goal)), mul(g, effort, EFFORT)));
  }
  return div(g, total, HORIZON);
}
