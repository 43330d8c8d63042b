/** What proves that a model learned, on held-out episodes: probes, error of the object predicted ahead, effective rank, order of the critic. */
import { createRng } from "../core/rng.ts";
import { quantile } from "../core/statistics.ts";
import { openSession, type SessionOptions, type TensorData } from "../graph/session.ts";
import type { LatentData } from "./latent-data.ts";
import { pick, take } from "./latent-data.ts";
import { criticGraph, type LearnedModel, predictorGraph, probeGraph, uncertaintyGraph } from "./package-writer.ts";
import type { PlayData } from "./play-data.ts";
import { aheadErrors } from "./report-ahead.ts";
import { orderConsistency } from "./report-order.ts";
import { effectiveRank, linearProbe, mlpProbe, type ProbeError } from "./report-probes.ts";
import { uncertaintyFigures } from "./report-uncertainty.ts";

/** Of training a probe; enough for its error to settle. */
export const PROBE_STEPS = 1_500;
const TRAIN_ROWS_MAX = 40_000;
const CRITIC_ROWS = 2_000;
const CRITIC_DISTANCES = [0, 1, 2, 4, 8, 16] as const;

/** Lengths in metres, costs in decisions. `probeTool` reads the embedding alone, without proprioception. */
export async function report(
  data: PlayData,
  latents: LatentData,
  model: LearnedModel,
  probeSteps: number,
  session: SessionOptions,
): Promise<Record<string, unknown>> {
  const rng = createRng(1).fork(0);
  const training = pick(latents.split.windows(0, false), TRAIN_ROWS_MAX, rng);
  const heldOut = latents.split.windows(0, true);
  const probes = async (places: Float32Array): Promise<ProbeError> => ({
    ...linearProbe(latents, places, training, heldOut),
    ...(await mlpProbe(latents, places, heldOut, probeSteps, session)),
  });
  await using predictor = await openSession(predictorGraph(model).toBytes(), session);
  await using probe = model.probe || model.state ? await openSession(probeGraph(model).toBytes(), session) : null;
  await using uncertainty = await openSession(uncertaintyGraph(model).toBytes(), session);
  await using critic = await openSession(criticGraph(model).toBytes(), session);
  const seen = model.encoder !== null;
  return {
    heldOutFrames: heldOut.length,
    ...(seen && data.objectM ? { probeObject: await probes(data.objectM) } : {}),
    ...(seen ? { probeTool: await probes(data.toolM), effectiveRank: effectiveRank(latents, training) } : {}),
    ...(await aheadErrors({ data, latents, predictor, probe })),
    critic: await criticOrder(latents, critic, heldOut),
    order: await orderConsistency(data, latents, critic),
    uncertainty: await uncertaintyFigures({ latents, predictor, uncertainty }),
  };
}

/** Median cost of the state n decisions later in the same episode, and of a state from anywhere; play wanders, so n bounds the distance from above. */
async function criticOrder(
  latents: LatentData,
  critic: { run(feeds: Record<string, TensorData>): Promise<Record<string, TensorData>> },
  heldOut: Uint32Array,
) {
  const rng = createRng(2);
  const { latentDim } = latents;
  const median = async (rows: Uint32Array, goals: Uint32Array): Promise<number> => {
    const { cost } = await critic.run({ latent: take(latents.latents, latentDim, rows), goal: take(latents.latents, latentDim, goals) });
    return quantile((cost as TensorData).data as Float32Array, 0.5);
  };
  const figures: Record<string, number> = {};
  for (const n of CRITIC_DISTANCES) {
    const windows = latents.split.windows(n, true);
    if (windows.length === 0) continue;
    const rows = pick(windows, CRITIC_ROWS, rng);
    figures[`costAt${n}`] = await median(
      rows,
      rows.map((row) => row + n),
    );
  }
  if (heldOut.length > 0) figures["costRandom"] = await median(pick(heldOut, CRITIC_ROWS, rng), pick(heldOut, CRITIC_ROWS, rng));
  return figures;
}
