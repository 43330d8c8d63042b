/** The networks of a model package, ready to be composed into a plan graph. */
import { AgentError } from "../core/errors.ts";
import type { ModelPackage, ModelRole, ModelSpec } from "../core/model.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { type ImportedModel, importModel } from "../graph/import.ts";
import { reshape } from "../graph/ops.ts";
import { traceModel } from "../graph/trace.ts";

/** Each call adds one copy of the nodes; the weights are stored once a graph. */
export interface Networks {
  readonly spec: ModelSpec;
  /** latent (n, L), action (n, A) -> next latent (n, L). */
  predict(g: Graph, latent: Value, action: Value): Value;
  /** latent (n, L), goal (n, L) -> expected decisions to the goal (n), >= 0. */
  critic(g: Graph, latent: Value, goal: Value): Value;
  /** latent (n, L), goal (n, L) -> action (n, A) in [-1, 1]. Throws `model.mismatch` when the package has no policy. */
  policy(g: Graph, latent: Value, goal: Value): Value;
  /** latent (n, L) -> object position (n, 3), metres. Throws `model.mismatch` when the package has no probe. */
  objectM(g: Graph, latent: Value): Value;
  /** latent (n, L), action (n, A) -> how far the ensemble disagrees on what follows (n), unit-free, >= 0. Throws `model.mismatch` when the package has none. */
  uncertainty(g: Graph, latent: Value, action: Value): Value;
  /** latent (n, L), goal (n, L), standard normal noise (n, K * A) -> the next actions, a sample of what was ever done there (n, K, A), in [-1, 1]. Throws `model.mismatch` when the package has none. */
  prior(g: Graph, latent: Value, goal: Value, noise: Value): Value;
  /** latent (n, L), goal (n, L), standard normal noise (n, seen entries) -> a latent on the way some decisions later (n, L), proprioception zero. Throws `model.mismatch` when the package has none. */
  subgoal(g: Graph, latent: Value, goal: Value, noise: Value): Value;
}

export interface NetworkOptions {
  /** Rebuild what costs depend on operator by operator, so that `gradients` passes through it; default false. Throws as traceModel. */
  readonly differentiable?: boolean;
}

/** Parses the networks once. Throws as importModel. */
export function importNetworks({ spec, networks }: ModelPackage, { differentiable = false }: NetworkOptions = {}): Networks {
  const read = (role: Exclude<ModelRole, "encoder">): ImportedModel | null => {
    const bytes = networks[role];
    return bytes ? importModel(bytes, `${spec.name} ${role}`) : null;
  };
  const [predictor, critic, policy] = [read("predictor"), read("critic"), read("policy")];
  const [probe, uncertainty] = [read("probe"), read("uncertainty")];
  const [prior, subgoal] = [read("prior"), read("subgoal")];
  const call = (g: Graph, model: ImportedModel | null, role: string, inputs: Record<string, Value>, output: string): Value => {
    if (!model) throw new AgentError("model.mismatch", `model package ${spec.name}: has no ${role}.onnx; add one or plan without it`);
    const traced = differentiable && role !== "policy"; // Proposals are where a descent starts, not what it follows.
    return (traced ? traceModel(g, model, inputs, { differentiable }) : g.inline(model, inputs))[output] as Value;
  };
  return {
    spec,
    predict: (g, latent, action) => call(g, predictor, "predictor", { latent, action }, "next"),
    critic: (g, latent, goal) => reshape(g, call(g, critic, "critic", { latent, goal }, "cost"), [latent.shape[0] as number]),
    policy: (g, latent, goal) => call(g, policy, "policy", { latent, goal }, "action"),
    objectM: (g, latent) => call(g, probe, "probe", { latent }, "object"),
    uncertainty: (g, latent, action) =>
      reshape(g, call(g, uncertainty, "uncertainty", { latent, action }, "spread"), [latent.shape[0] as number]),
    prior: (g, latent, goal, noise) => call(g, prior, "prior", { latent, goal, noise }, "chunk"),
    subgoal: (g, latent, goal, noise) => call(g, subgoal, "subgoal", { latent, goal, noise }, "subgoal"),
  };
}
