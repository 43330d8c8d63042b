/** How much of a place an embedding tells: linear and small non-linear regressions on frozen latents, judged on held-out episodes. */
import { EigenvalueDecomposition, Matrix, solve } from "ml-matrix";
import { createRng } from "../core/rng.ts";
import { quantile } from "../core/statistics.ts";
import { Graph } from "../graph/builder.ts";
import { openSession, type SessionOptions, type TensorData } from "../graph/session.ts";
import { rateAt } from "./budget.ts";
import { type LatentData, take } from "./latent-data.ts";
import { probeTraining } from "./latent-trainings.ts";
import { probe } from "./nets.ts";
import { frozen } from "./parameters.ts";
import { moments } from "./play-data.ts";
import { meanOf } from "./statistics.ts";
import { Trainer } from "./trainer.ts";

/** Metres. */
export interface ProbeError {
  readonly linearMeanM: number;
  readonly mlpMeanM: number;
  readonly mlpP50M: number;
  readonly mlpP95M: number;
}

const RIDGE = 1e-2;

/** Ridge regression (Hoerl and Kennard 1970) of places (rows, 3) m on the visual part of the latents. */
export function linearProbe(
  latents: LatentData,
  places: Float32Array,
  training: Uint32Array,
  heldOut: Uint32Array,
): Pick<ProbeError, "linearMeanM"> {
  const width = latents.visualDim + 1;
  const gram = Matrix.zeros(width, width);
  const cross = Matrix.zeros(width, 3);
  for (const row of training) {
    const x = design(latents, row);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) gram.set(i, j, gram.get(i, j) + (x[i] as number) * (x[j] as number));
      for (let k = 0; k < 3; k++) cross.set(i, k, cross.get(i, k) + (x[i] as number) * (places[3 * row + k] as number));
    }
  }
  const weights = solve(gram.add(Matrix.eye(width).mul(RIDGE)), cross);
  const errors = Array.from(heldOut, (row) => {
    const x = design(latents, row);
    return Math.hypot(
      ...[0, 1, 2].map((k) => x.reduce((sum, value, i) => sum + value * weights.get(i, k), 0) - (places[3 * row + k] as number)),
    );
  });
  return { linearMeanM: meanOf(errors) };
}

/** The visual part of a latent, and a 1. */
const design = ({ latents, latentDim, visualDim }: LatentData, row: number): Float64Array => {
  const x = new Float64Array(visualDim + 1).fill(1);
  x.set(latents.subarray(row * latentDim, row * latentDim + visualDim));
  return x;
};

/** A network of two hidden layers of 256, trained for `steps` steps of 512 rows. */
export async function mlpProbe(
  latents: LatentData,
  places: Float32Array,
  heldOut: Uint32Array,
  steps: number,
  session: SessionOptions,
): Promise<Omit<ProbeError, "linearMeanM">> {
  const normal = moments(places, 3, latents.split.windows(0, false));
  const std = normal.std.map((each) => Math.max(each, 1e-3));
  const targets = places.map((x, i) => (x - (normal.mean[i % 3] as number)) / (std[i % 3] as number));
  const fed = probeTraining(latents, targets, 2e-3);
  const rng = createRng(0);
  await using trainer = await Trainer.open(fed.training, { rng }, session);
  for (let step = 0; step < steps; step++) await trainer.step(fed.batch(rng.fork(step + 1)), fed.rate * rateAt(step / steps));
  const g = new Graph("probe");
  const latent = g.input("latent", "float32", [-1, latents.latentDim]);
  g.output("place", probe({ g, weights: frozen(g, trainer.table, trainer.state.average) }, latent, latents.visualDim));
  await using model = await openSession(g.toBytes(), session);
  const { place } = await model.run({ latent: take(latents.latents, latents.latentDim, heldOut) });
  const told = (place as TensorData).data as Float32Array;
  const errors = Array.from(heldOut, (row, i) =>
    Math.hypot(...[0, 1, 2].map((k) => ((told[3 * i + k] as number) - (targets[3 * row + k] as number)) * (std[k] as number))),
  );
  return { mlpMeanM: meanOf(errors), mlpP50M: quantile(errors, 0.5), mlpP95M: quantile(errors, 0.95) };
}

/** exp of the entropy of the covariance's normalised eigenvalues: how many directions the embedding uses, 1..visualDim (Roy and Vetterli 2007). */
export function effectiveRank(latents: LatentData, rows: Uint32Array): number {
  const { visualDim } = latents;
  const { mean } = moments(latents.latents, latents.latentDim, rows);
  const covariance = Matrix.zeros(visualDim, visualDim);
  for (const row of rows) {
    const x = design(latents, row);
    for (let i = 0; i < visualDim; i++) {
      const xi = (x[i] as number) - (mean[i] as number);
      for (let j = i; j < visualDim; j++)
        covariance.set(i, j, covariance.get(i, j) + (xi * ((x[j] as number) - (mean[j] as number))) / rows.length);
    }
  }
  for (let i = 0; i < visualDim; i++) for (let j = 0; j < i; j++) covariance.set(i, j, covariance.get(j, i));
  const values = new EigenvalueDecomposition(covariance, { assumeSymmetric: true }).realEigenvalues.map((value) => Math.max(value, 1e-12));
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.exp(-values.reduce((entropy, value) => entropy + (value / sum) * Math.log(value / sum), 0));
}
