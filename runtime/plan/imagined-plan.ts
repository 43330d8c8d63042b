/** One imagined future as plain numbers: what terms and constraints judge outside the graph, for verdicts and reports. */
import { invariant } from "../core/errors.ts";
import { type ModelSpec, TOOL_SIGNALS } from "../core/model.ts";
import type { Latent } from "../core/planning.ts";
import type { Vec3 } from "../core/vec3.ts";

export interface ImaginedPlan {
  readonly spec: ModelSpec;
  readonly horizon: number;
  /** Where it starts, shape (latentDim). */
  readonly start: Latent;
  /** After each action, shape (horizon, latentDim). */
  readonly latents: Float32Array;
  /** Shape (horizon, actionDim), in [-1, 1]. */
  readonly actions: Float32Array;
  readonly goal: Latent;
  readonly goalPositionM: Vec3;
  /** The critic's value after each action, shape (horizon), decisions; null when it was not asked. */
  readonly criticToGoal: Float32Array | null;
  /** The probe's object position after each action, shape (horizon, 3), metres; null when it was not asked. */
  readonly objectM: Float32Array | null;
  /** How far the ensemble disagrees on what each action does, shape (horizon), unit-free; null when it was not asked. */
  readonly uncertainty: Float32Array | null;
}

/** The latent after a step; step -1 is the start. */
export function latentAt(plan: ImaginedPlan, step: number): Latent {
  const { latentDim } = plan.spec;
  return step < 0 ? plan.start : plan.latents.subarray(step * latentDim, (step + 1) * latentDim);
}

/** The tool point that a latent holds, metres, base frame. */
export function toolOfLatent({ proprioception, latentDim }: Pick<ModelSpec, "proprioception" | "latentDim">, latent: Latent): Vec3 {
  const first = latentDim - proprioception.length;
  const [x, y, z] = proprioception.slice(0, TOOL_SIGNALS.length).map(({ mean, std }, i) => (latent[first + i] as number) * std + mean);
  invariant(x !== undefined && y !== undefined && z !== undefined, "toolOfLatent: proprioception has fewer than three signals");
  return [x, y, z];
}

/** Tool points after each latent of (horizon, latentDim); shape (horizon, 3), metres, base frame. */
export function toolPathM(spec: ModelSpec, latents: Float32Array): Float32Array {
  const horizon = latents.length / spec.latentDim;
  const path = new Float32Array(horizon * 3);
  for (let step = 0; step < horizon; step++) {
    path.set(toolOfLatent(spec, latents.subarray(step * spec.latentDim, (step + 1) * spec.latentDim)), step * 3);
  }
  return path;
}

/** An entry of the catalogue asked a network that the caller did not run. */
export function needed<T>(value: T | null, what: string): T {
  invariant(value !== null, `imagined plan: ${what} is needed but null`);
  return value;
}
