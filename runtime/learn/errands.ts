/** Play as a policy practises on it: every picture told by the package's own encoder, states paired with goals. */
import type { ModelPackage } from "../core/model.ts";
import type { Rng } from "../core/rng.ts";
import { floats, openSession, type SessionOptions } from "../graph/session.ts";
import { frameSize } from "./encoder-data.ts";
import { type GoalMix, type LatentData, pick, sampleGoals } from "./latent-data.ts";
import type { PlayData } from "./play-data.ts";

/** A state to go on from, and where to. */
export interface Errand {
  /** Shape (latentDim). */
  readonly latent: Float32Array;
  /** The visual part of the goal's latent, shape (visualDim). */
  readonly goal: Float32Array;
}

const ENCODE_ROWS = 512;

/** All latents in memory, 4 bytes x latentDim a row; calls back with the rows done, which may stop it by throwing. */
export async function encodePlay(
  data: PlayData,
  { spec, networks }: ModelPackage,
  session: SessionOptions,
  onProgress: (done: number) => void,
): Promise<LatentData> {
  const { cameras, heightPx, widthPx } = frameSize(data);
  const shape = [cameras, heightPx, widthPx, 3];
  const frameBytes = cameras * heightPx * widthPx * 3;
  const { latentDim } = spec;
  const width = data.signals.length;
  const latents = new Float32Array(data.rows * latentDim);
  await using encoder = await openSession(networks.encoder, session);
  for (let done = 0; done < data.rows; done += ENCODE_ROWS) {
    const rows = Uint32Array.from({ length: Math.min(ENCODE_ROWS, data.rows - done) }, (_, i) => done + i);
    const pixels = new Uint8Array(rows.length * frameBytes);
    data.dataset.framesInto(rows, pixels);
    const proprio = floats(data.felt.slice(width * done, width * (done + rows.length)), [rows.length, width]);
    const { latent } = await encoder.run({ frames: { dtype: "uint8", shape: [rows.length, ...shape], data: pixels }, proprio });
    latents.set(latent?.data as Float32Array, done * latentDim);
    onProgress(done + rows.length);
  }
  const visualDim = latentDim - spec.proprioception.length;
  const { actions, actionDim, split } = data;
  return { latents, latentDim, visualDim, actions, actionDim, split, reached: (row, goal) => row === goal };
}

/** Towards later states of the same episode, and towards states from anywhere. */
const GOALS: GoalMix = { future: 0.75, random: 0.25 };

/** Draws errands from the training episodes. */
export function playErrands(play: LatentData): (count: number, rng: Rng) => readonly Errand[] {
  const { latents, latentDim, visualDim } = play;
  const starts = play.split.windows(1, false);
  const part = (row: number, width: number): Float32Array => latents.subarray(row * latentDim, row * latentDim + width);
  return (count, rng) => {
    const rows = pick(starts, count, rng);
    const goals = sampleGoals(play, rows, starts, GOALS, rng);
    return Array.from(rows, (row, i) => ({ latent: part(row, latentDim), goal: part(goals[i] as number, visualDim) }));
  };
}
