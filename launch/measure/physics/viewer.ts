/** Who watches films: at every decision, how far what is seen is from what was expected at the one before. */
import type { ModelPackage } from "../../../runtime/core/model.ts";
import type { Latent } from "../../../runtime/core/planning.ts";
import { createEncoder } from "../../../runtime/encode/encoder.ts";
import { memoryless } from "../../../runtime/encode/memoryless.ts";
import { remembering } from "../../../runtime/encode/remembering.ts";
import { combinedSurprise, surprise, surpriseParts } from "../../../runtime/predict/surprise.ts";
import { createWorldModel } from "../../../runtime/predict/world-model.ts";
import type { Crew } from "../../compose.ts";
import type { Shot } from "./studio.ts";

/** Of each decision but the first, in their order, unit-free. */
export interface Surprises {
  /** As the agent measures it, by what its card says is usual. */
  readonly model: readonly number[];
  /** The prediction error alone; null where that is what the agent measures. */
  readonly error: readonly number[] | null;
  /** Of who expects that what is seen stays as it is. */
  readonly copy: readonly number[];
}

export interface Viewer extends AsyncDisposable {
  watch(shots: readonly Shot[]): Promise<Surprises>;
}

/** Throws AgentErrors of model and session. */
export async function openViewer(model: ModelPackage, { worker, body }: Pick<Crew, "worker" | "body">): Promise<Viewer> {
  const open = worker.open.bind(worker);
  const encoder = await createEncoder({ package: model, open, toolAt: body.toolAt, hand: body.hand });
  const world = await createWorldModel({ package: model, open, chunk: 1, horizonMax: 1 });
  const believer = model.remembers ? remembering(encoder, model.spec) : memoryless(encoder);
  const { proprioception, surprise: { usual } = {} } = model.spec;
  const unit = (action: Float32Array): Float32Array => action.map((value) => Math.min(1, Math.max(-1, value)));
  return {
    async watch(shots) {
      believer.reset();
      const latents: Latent[] = [];
      for (const [i, { observation }] of shots.entries())
        latents.push((await believer.update(observation, undefined, () => shots[i - 1]!.moved)).latent);
      const errors: number[] = [];
      const combined: number[] = [];
      for (const [i, seen] of latents.slice(1).entries()) {
        const done = unit(shots[i]!.moved);
        const { latents: expected } = await world.rollout(latents[i]!, done, 1, 1);
        errors.push(surprise(expected, seen));
        if (!usual) continue;
        const { uncertainty } = await world.rollout(seen, done, 1, 1);
        combined.push(combinedSurprise(surpriseParts(expected, seen, proprioception.length, uncertainty[0]!), usual));
      }
      const copy = latents.slice(1).map((latent, i) => surprise(latents[i]!, latent));
      return { model: usual ? combined : errors, error: usual ? errors : null, copy };
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await encoder[Symbol.asyncDispose]();
    },
  };
}
