/** Whether the ensemble knows what the model does not know: does it disagree where the prediction errs, and where nothing alike was ever seen? */
import { createRng } from "../core/rng.ts";
import { quantile } from "../core/statistics.ts";
import type { Session, TensorData } from "../graph/session.ts";
import { type LatentData, pick, pickOne, take } from "./latent-data.ts";
import { auroc } from "./statistics.ts";

const ROWS = 4_000;
/** The share of held-out decisions whose prediction is called wrong. */
const WRONG_SHARE = 0.1;

export interface Uncertain {
  readonly latents: LatentData;
  readonly predictor: Session;
  readonly uncertainty: Session;
}

/**
 * On held-out decisions. `median`, `p95` of the spread, unit-free. `tellsWrong`: chance that a decision of the worst tenth of one-step errors has more
 * spread than another (area under the ROC curve, 0.5 is guessing). `tellsStrange`: the same for states put together from parts of others.
 */
export async function uncertaintyFigures({ latents, predictor, uncertainty }: Uncertain): Promise<Record<string, number>> {
  const { latentDim, visualDim, actionDim } = latents;
  const rng = createRng(3);
  const windows = latents.split.windows(1, true);
  if (windows.length === 0) return {};
  const rows = pick(windows, ROWS, rng);
  const action = take(latents.actions, actionDim, rows);
  const known = take(latents.latents, latentDim, rows);
  const strange = take(latents.latents, latentDim, rows);
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < visualDim; k++) strange.data[i * latentDim + k] = latents.latents[pickOne(windows, rng) * latentDim + k] as number;
  const spreadOf = async (latent: TensorData): Promise<Float32Array> =>
    (await uncertainty.run({ latent, action }))["spread"]?.data as Float32Array;
  const [spread, strangeSpread] = [await spreadOf(known), await spreadOf(strange)];
  const next = (await predictor.run({ latent: known, action }))["next"]?.data as Float32Array;
  const error = Float64Array.from(rows, (row, i) => distance(next, i, latents.latents, row + 1, latentDim));
  const wrong = quantile(error, 1 - WRONG_SHARE);
  const part = (isWanted: (i: number) => boolean): Float32Array => spread.filter((_, i) => isWanted(i));
  return {
    median: quantile(spread, 0.5),
    p95: quantile(spread, 0.95),
    tellsWrong: auroc(
      part((i) => (error[i] as number) > wrong),
      part((i) => (error[i] as number) <= wrong),
    ),
    tellsStrange: auroc(strangeSpread, spread),
  };
}

function distance(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += ((a[i * width + k] as number) - (b[j * width + k] as number)) ** 2;
  return Math.sqrt(sum / width);
}
