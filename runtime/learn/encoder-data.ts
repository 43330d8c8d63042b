/** Pictures for the encoder: windows read from disk for training, and all rows turned into latents once it is trained. */
import type { Rng } from "../core/rng.ts";
import { Graph } from "../graph/builder.ts";
import { floats, openSession, type SessionOptions, type TensorData } from "../graph/session.ts";
import { type EncoderOptions, encoderTraining, HORIZON, PROJECTIONS } from "./encoder-training.ts";
import { pick, take } from "./latent-data.ts";
import type { FedTraining, Trained } from "./latent-trainings.ts";
import { encoderFeatures, type FrameSize } from "./nets.ts";
import { frozen } from "./parameters.ts";
import type { PlayData } from "./play-data.ts";
import type { Retake } from "./retake.ts";

/** The light of every training picture varies by this share, and each of its colours beside that. */
const LIGHT = 0.15;
const COLOUR = 0.04;

export const frameSize = ({ dataset: { meta } }: PlayData): FrameSize => ({
  cameras: meta.cameras.length,
  heightPx: meta.heightPx,
  widthPx: meta.widthPx,
});

/** Phase 1 with its data; pictures stream from disk, a step's worth in memory. With a retake what it sees and what it has to foresee may be of different takes. */
export function fedEncoder(data: PlayData, options: EncoderOptions, retake: Retake | null = null): FedTraining {
  const { windows, visualDim } = options;
  const { cameras, heightPx, widthPx } = frameSize(data);
  const rows = windows * (HORIZON + 1);
  const starts = data.split.windows(HORIZON, false);
  const pixels = new Uint8Array(rows * cameras * heightPx * widthPx * 3);
  return {
    rate: 1e-3,
    training: encoderTraining(options, { frame: frameSize(data), proprioDim: data.signals.length, actionDim: data.actionDim }),
    batch: (rng) => {
      const first = pick(starts, windows, rng);
      const all = Uint32Array.from({ length: rows }, (_, i) => (first[Math.floor(i / (HORIZON + 1))] as number) + (i % (HORIZON + 1)));
      const acted = Uint32Array.from({ length: windows * HORIZON }, (_, i) => (first[Math.floor(i / HORIZON)] as number) + (i % HORIZON));
      data.dataset.framesInto(all, pixels);
      if (retake) mixTakes(retake, all, pixels, rng);
      return {
        frames: { dtype: "uint8", shape: [rows, cameras, heightPx, widthPx, 3], data: pixels },
        gain: drawGains(rows, rng),
        proprio: take(data.proprio, data.signals.length, all),
        action: { ...take(data.actions, data.actionDim, acted), shape: [windows, HORIZON, data.actionDim] },
        directions: floats(rng.fillNormal(new Float32Array(visualDim * PROJECTIONS)), [visualDim, PROJECTIONS]),
      };
    },
  };
}

/** Each window draws of which take its first picture is, and of which those that follow: what only tells the takes apart foresees nothing. */
function mixTakes(retake: Retake, rows: Uint32Array, pixels: Uint8Array, rng: Rng): void {
  const frameBytes = pixels.length / rows.length;
  const take = (from: number, to: number): void => retake.framesInto(rows.subarray(from, to), pixels.subarray(from * frameBytes));
  for (let first = 0; first < rows.length; first += HORIZON + 1) {
    const [isFirst, isRest] = [rng.uniform() < 0.5, rng.uniform() < 0.5];
    if (rows[first]! >= retake.rowCount) continue; // Of what is rehearsed there is one take.
    if (isFirst) take(first, first + 1);
    if (isRest) take(first + 1, first + HORIZON + 1);
  }
}

/** Another light for each of so many pictures, (rows, 3). */
export function drawGains(rows: number, rng: Rng): TensorData {
  const data = new Float32Array(rows * 3);
  for (let row = 0; row < rows; row++) {
    const light = rng.between(1 - LIGHT, 1 + LIGHT);
    for (let colour = 0; colour < 3; colour++) data[3 * row + colour] = light * rng.between(1 - COLOUR, 1 + COLOUR);
  }
  return floats(data, [rows, 3]);
}

const ENCODE_ROWS = 512;

/** Embeddings before whitening of the given rows, (rows, visualDim); calls back with the rows done, which may stop it by throwing. */
export async function encodeRows(
  data: PlayData,
  encoder: Trained,
  visualDim: number,
  rows: Uint32Array,
  session: SessionOptions,
  onProgress: (done: number) => void = () => undefined,
): Promise<Float32Array> {
  const size = frameSize(data);
  const shape = [size.cameras, size.heightPx, size.widthPx, 3];
  const g = new Graph("encode");
  const frames = g.input("frames", "uint8", [-1, ...shape]);
  g.output("features", encoderFeatures({ g, weights: frozen(g, encoder.table, encoder.flat) }, frames, null, size, visualDim));
  await using model = await openSession(g.toBytes(), session);
  const out = new Float32Array(rows.length * visualDim);
  const frameBytes = shape.reduce((product, each) => product * each, 1);
  for (let done = 0; done < rows.length; done += ENCODE_ROWS) {
    const part = rows.subarray(done, done + ENCODE_ROWS);
    const pixels = new Uint8Array(part.length * frameBytes);
    data.dataset.framesInto(part, pixels);
    const { features } = await model.run({ frames: { dtype: "uint8", shape: [part.length, ...shape], data: pixels } });
    out.set((features as TensorData).data as Float32Array, done * visualDim);
    onProgress(done + part.length);
  }
  return out;
}
