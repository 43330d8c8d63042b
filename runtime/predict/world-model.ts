/** The world model: imagines the latents that follow a latent under many candidate action sequences. Planning composes the predictor itself; this is for tools, tests and reports. */
import { AgentError, invariant } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Rollout, WorldModel } from "../core/planning.ts";
import { Graph } from "../graph/builder.ts";
import { type ImportedModel, importModel } from "../graph/import.ts";
import { concat, expand, reshape, slice } from "../graph/ops.ts";
import { floats, type Session, type SessionOptions } from "../graph/session.ts";

export interface WorldModelOptions {
  readonly package: ModelPackage;
  /** openSession, or the `open` of a session worker. */
  readonly open: (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
  /** Candidates a call of the session; more are cut into chunks. Default 64. */
  readonly chunk?: number;
  /** Longest rollout. Default 16. */
  readonly horizonMax?: number;
}

export interface SessionWorldModel extends WorldModel, AsyncDisposable {}

/** Opens one fixed-shape rollout session; shorter rollouts and smaller chunks are padded with zero actions. */
export async function createWorldModel(options: WorldModelOptions): Promise<SessionWorldModel> {
  const { package: model, open, chunk = 64, horizonMax = 16 } = options;
  const { spec } = model;
  const actionDim = spec.axes.length;
  const shape = { chunk, horizon: horizonMax, latentDim: spec.latentDim, actionDim };
  const name = `${spec.name} world model`;
  const session = await open(rolloutGraph(networksOf(model), shape), { name });
  return {
    latentDim: spec.latentDim,
    actionDim,
    async rollout(latent, candidates, samples, horizon, signal) {
      invariant(horizon >= 1 && horizon <= horizonMax, `${name}: horizon ${horizon} is outside 1..${horizonMax}`);
      invariant(
        candidates.length === samples * horizon * actionDim,
        `${name}: ${candidates.length} action numbers for ${samples} candidates`,
      );
      const latents = new Float32Array(samples * horizon * spec.latentDim);
      const uncertainty = new Float32Array(samples * horizon);
      for (let first = 0; first < samples; first += chunk) {
        const count = Math.min(chunk, samples - first);
        const feeds = {
          latent: floats(latent, [1, spec.latentDim]),
          actions: floats(padded(candidates, first, count, horizon, shape), [chunk, horizonMax, actionDim]),
        };
        const results = await session.run(feeds, signal);
        const imagined = results["latents"]?.data as Float32Array; // (chunk, horizonMax, latentDim)
        const spread = results["uncertainty"]?.data as Float32Array | undefined; // (chunk, horizonMax)
        for (let row = 0; row < count; row++) {
          const from = row * horizonMax * spec.latentDim;
          latents.set(imagined.subarray(from, from + horizon * spec.latentDim), (first + row) * horizon * spec.latentDim);
          if (spread) uncertainty.set(spread.subarray(row * horizonMax, row * horizonMax + horizon), (first + row) * horizon);
        }
      }
      return checkFinite({ latents, uncertainty }, name);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

interface RolloutShape {
  readonly chunk: number;
  readonly horizon: number;
  readonly latentDim: number;
  readonly actionDim: number;
}

interface RolloutNetworks {
  readonly predictor: ImportedModel;
  /** Null for a package without an ensemble. */
  readonly uncertainty: ImportedModel | null;
}

function networksOf({ spec, networks: { predictor, uncertainty } }: ModelPackage): RolloutNetworks {
  return {
    predictor: importModel(predictor, `${spec.name} predictor`),
    uncertainty: uncertainty ? importModel(uncertainty, `${spec.name} uncertainty`) : null,
  };
}

function rolloutGraph({ predictor, uncertainty }: RolloutNetworks, { chunk, horizon, latentDim, actionDim }: RolloutShape): Uint8Array {
  const g = new Graph("rollout");
  const start = g.input("latent", "float32", [1, latentDim]);
  const actions = g.input("actions", "float32", [chunk, horizon, actionDim]);
  let latent = expand(g, start, [chunk, latentDim]);
  const steps = [];
  const spreads = [];
  for (let step = 0; step < horizon; step++) {
    const action = reshape(g, slice(g, actions, 1, step, step + 1), [chunk, actionDim]);
    if (uncertainty) spreads.push(g.inline(uncertainty, { latent, action })["spread"] as typeof latent); // (chunk, 1)
    latent = g.inline(predictor, { latent, action })["next"] as typeof latent; // (chunk, latentDim)
    steps.push(reshape(g, latent, [chunk, 1, latentDim]));
  }
  g.output("latents", concat(g, steps, 1)); // (chunk, horizon, latentDim)
  if (spreads.length > 0) g.output("uncertainty", concat(g, spreads, 1)); // (chunk, horizon)
  return g.toBytes();
}

/** Candidates first..first+count as (chunk, horizonMax, actionDim), the rest zero. */
function padded(candidates: Float32Array, first: number, count: number, horizon: number, shape: RolloutShape): Float32Array {
  const out = new Float32Array(shape.chunk * shape.horizon * shape.actionDim);
  const length = horizon * shape.actionDim;
  for (let row = 0; row < count; row++) {
    const from = (first + row) * length;
    out.set(candidates.subarray(from, from + length), row * shape.horizon * shape.actionDim);
  }
  return out;
}

function checkFinite(rollout: Rollout, name: string): Rollout {
  const at = rollout.latents.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return rollout;
  const message = `${name}: imagined latent entry ${at} is ${rollout.latents[at]}, must be finite; check the start latent and the candidates, then the weights`;
  throw new AgentError("model.not-finite", message);
}
