/** Phase 1: encoder and latent predictor end to end, kept from collapsing (joint-embedding predictive architecture, LeCun 2022). */

import { detach } from "../graph/backward.ts";
import type { Value } from "../graph/builder.ts";
import { add, concat, div, mul, reduceMean, reshape, slice, sqrt, square, sub } from "../graph/ops.ts";
import { type Building, mlp } from "./layers.ts";
import { encoderFeatures, type FrameSize, predictor } from "./nets.ts";
import { sigreg } from "./sigreg.ts";
import type { Training } from "./training-graph.ts";

/** Decisions predicted ahead in the loss. */
export const HORIZON = 5;
export const PROJECTIONS = 64;
const WHITEN_EPSILON = 1e-5;

export interface EncoderOptions {
  /** Windows of HORIZON + 1 consecutive rows in one step. */
  readonly windows: number;
  readonly visualDim: number;
  /** Weight of the regulariser on what proprioception does not already say of the embedding. */
  readonly givenWeight: number;
  /** Weight of the regulariser on the embedding itself; both 0: nothing keeps the embedding from collapsing. */
  readonly plainWeight: number;
  /** Weight of telling proprioception from the embedding: where a picture of the tool is the goal. */
  readonly feltWeight: number;
}

export interface EncoderShapes {
  readonly frame: FrameSize;
  readonly proprioDim: number;
  readonly actionDim: number;
}

/** Feeds: `frames` uint8 and `gain` (rows, 3), `proprio` (rows, P) normalised, `action` (windows, HORIZON, A), `directions` (visualDim, PROJECTIONS); rows = windows x (HORIZON + 1). */
export function encoderTraining(options: EncoderOptions, { frame, proprioDim, actionDim }: EncoderShapes): Training {
  const { windows, visualDim } = options;
  const rows = windows * (HORIZON + 1);
  return {
    name: "encoder",
    averageRate: 0.01,
    feeds: {
      frames: { dtype: "uint8", shape: [rows, frame.cameras, frame.heightPx, frame.widthPx, 3] },
      gain: { dtype: "float32", shape: [rows, 3] },
      proprio: { dtype: "float32", shape: [rows, proprioDim] },
      action: { dtype: "float32", shape: [windows, HORIZON, actionDim] },
      directions: { dtype: "float32", shape: [visualDim, PROJECTIONS] },
    },
    loss: (at, feeds) => {
      const { g } = at;
      const { frames, gain, proprio, action, directions } = feeds as Record<"frames" | "gain" | "proprio" | "action" | "directions", Value>;
      const z = whiten(at, encoderFeatures(at, frames, gain, frame, visualDim)); // (rows, visualDim)
      const next = predictionLoss(at, concat(g, [z, proprio], 1), action, windows);
      const told = mlp(at, "told", proprio, [128, 128], visualDim); // What proprioception alone says of the embedding.
      const toldError = meanSquare(at, sub(g, told, detach(g, z)));
      const given = sigreg(g, sub(g, z, detach(g, told)), directions, windows);
      const plain = sigreg(g, z, directions, windows);
      const felt = meanSquare(at, sub(g, mlp(at, "felt", z, [128], proprioDim), proprio));
      const weighted = [
        mul(g, given, options.givenWeight),
        mul(g, plain, options.plainWeight),
        mul(g, felt, options.feltWeight),
        toldError,
      ];
      const loss = weighted.reduce((sum, each) => add(g, sum, each), next);
      return { loss, figures: { next, given, plain, told: toldError, felt } };
    },
  };
}

/** Unit variance and zero mean of every entry over the batch: batch normalisation without learned parts (Ioffe and Szegedy 2015). */
function whiten({ g }: Building, x: Value): Value {
  const centred = sub(g, x, reduceMean(g, x, [0], { keepDims: true }));
  const variance = reduceMean(g, square(g, centred), [0], { keepDims: true });
  return div(g, centred, sqrt(g, add(g, variance, WHITEN_EPSILON)));
}

/** Mean squared error of the latents predicted 1..HORIZON decisions ahead, each from the prediction before. */
function predictionLoss(at: Building, latents: Value, action: Value, windows: number): Value {
  const { g } = at;
  const width = latents.shape[1] as number;
  const inTime = reshape(g, latents, [windows, HORIZON + 1, width]);
  const taken = (x: Value, k: number): Value => reshape(g, slice(g, x, 1, k, k + 1), [windows, x.shape[2] as number]);
  let latent = taken(inTime, 0);
  let sum: Value | null = null;
  for (let k = 0; k < HORIZON; k++) {
    latent = predictor(at, latent, taken(action, k));
    const error = meanSquare(at, sub(g, latent, taken(inTime, k + 1)));
    sum = sum ? add(g, sum, error) : error;
  }
  return mul(g, sum as Value, 1 / HORIZON);
}

const meanSquare = ({ g }: Building, error: Value): Value => reduceMean(g, square(g, error));
