/** How well a model predicts several decisions ahead: latent error against standing still, and error of the probed object where it moved. */

import { quantile } from "../core/statistics.ts";
import type { Session, TensorData } from "../graph/session.ts";
import { type LatentData, take } from "./latent-data.ts";
import type { PlayData } from "./play-data.ts";
import { meanOf } from "./statistics.ts";

const STEPS_AHEAD = [1, 4, 8] as const;
/** An object that moved less counts as at rest. */
const MOVED_M = 1e-3;
const ROWS_MAX = 6_000;

interface Judged {
  readonly data: PlayData;
  readonly latents: LatentData;
  readonly predictor: Session;
  readonly probe: Session | null;
}

/**
 * Figures `ahead1`, `ahead4`, `ahead8`. `latentRelativeToCopy`: squared error of the predicted latent over that of saying that nothing changes.
 * On windows in which the object moved, metres: `object` = probe of the predicted latent, `copy` = it stays, `seen` = probe of the true latent.
 */
export async function aheadErrors(judged: Judged): Promise<Record<string, unknown>> {
  const { data, latents } = judged;
  const figures: Record<string, unknown> = {};
  for (const k of STEPS_AHEAD) {
    const windows = latents.split.windows(k, true);
    const rows = spread(windows);
    if (rows.length === 0) continue;
    const { predicted, truth } = await lookAhead(judged, rows, k);
    const moved = spread(windows.filter((row) => data.objectM && between(data.objectM, row, data.objectM, row + k) > MOVED_M));
    figures[`ahead${k}`] = {
      windows: rows.length,
      latentRelativeToCopy: meanSquare(predicted, truth) / meanSquare(take(latents.latents, latents.latentDim, rows), truth),
      ...(moved.length > 0 ? await objectErrors(judged, moved, k) : {}),
    };
  }
  return figures;
}

/** The latents predicted for k decisions after the given rows, and those seen then. */
async function lookAhead(
  { latents, predictor }: Judged,
  rows: Uint32Array,
  k: number,
): Promise<{ predicted: TensorData; truth: TensorData }> {
  const { latentDim, actionDim } = latents;
  const after = (steps: number): Uint32Array => rows.map((row) => row + steps);
  let predicted = take(latents.latents, latentDim, rows);
  for (let step = 0; step < k; step++) {
    const { next } = await predictor.run({ latent: predicted, action: take(latents.actions, actionDim, after(step)) });
    predicted = next as TensorData;
  }
  return { predicted, truth: take(latents.latents, latentDim, after(k)) };
}

async function objectErrors(judged: Judged, rows: Uint32Array, k: number): Promise<Record<string, number>> {
  const { data, probe } = judged;
  const { objectM } = data;
  if (!probe || !objectM) return {};
  const { predicted, truth } = await lookAhead(judged, rows, k);
  const told = await probe.run({ latent: predicted });
  const seen = await probe.run({ latent: truth });
  const errors = (places: TensorData | undefined, trueM: Float32Array): number[] =>
    Array.from(rows, (row, i) => between((places as TensorData).data as Float32Array, i, trueM, row + k));
  const object = errors(told["object"], objectM);
  return {
    movedWindows: rows.length,
    objectMeanM: meanOf(object),
    objectP95M: quantile(object, 0.95),
    copyMeanM: meanOf(Array.from(rows, (row) => between(objectM, row, objectM, row + k))),
    seenMeanM: meanOf(errors(seen["object"], objectM)),
    toolMeanM: meanOf(errors(told["tool"], data.toolM)),
  };
}

/** Distance between row i of one table of places and row j of another, metres. */
const between = (a: Float32Array, i: number, b: Float32Array, j: number): number =>
  Math.hypot(...[0, 1, 2].map((k) => (a[3 * i + k] as number) - (b[3 * j + k] as number)));

const meanSquare = (a: TensorData, b: TensorData): number => {
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  return x.reduce((sum, value, i) => sum + (value - (y[i] as number)) ** 2, 0) / x.length;
};

/** At most ROWS_MAX of the rows, evenly spread. */
const spread = (rows: Uint32Array): Uint32Array =>
  rows.length <= ROWS_MAX
    ? rows
    : Uint32Array.from({ length: ROWS_MAX }, (_, i) => rows[Math.floor((i * rows.length) / ROWS_MAX)] as number);
