/** Experience as the later phases see it: every picture replaced by its latent, all in memory (4 bytes x latentDim a row). */
import type { Rng } from "../core/rng.ts";
import { floats, type TensorData } from "../graph/session.ts";
import type { Split } from "./play-data.ts";

export interface LatentData {
  /** (rows, latentDim): embedding of unit variance, then normalised proprioception. */
  readonly latents: Float32Array;
  readonly latentDim: number;
  readonly visualDim: number;
  /** (rows, actionDim) executed, in [-1, 1]. */
  readonly actions: Float32Array;
  readonly actionDim: number;
  readonly split: Split;
  /** Whether being at `row` counts as being at the goal that `goalRow` shows. */
  readonly reached: (row: number, goalRow: number) => boolean;
}

/** How goals are relabelled (hindsight, Andrychowicz et al. 2017): shares of goals soon after and later in the same episode, and from anywhere; the rest is the row itself. */
export interface GoalMix {
  /** Where an agent looks that is led by subgoals; default 0. */
  readonly near?: number;
  readonly future: number;
  readonly random: number;
  /** From other episodes, where the hand stands much as it does now and things may lie elsewhere: what a value that looks at the hand alone gets wrong; default 0. */
  readonly alike?: number;
}

/** Decisions to a later goal are geometric with this factor; to one soon after with that, and no more than so many. */
const FUTURE_KEEP = 0.95;
const NEAR_KEEP = 0.85;
const NEAR_DECISIONS_MAX = 12;

/** A goal row for each row. */
export function sampleGoals(data: LatentData, rows: ArrayLike<number>, pool: Uint32Array, mix: GoalMix, rng: Rng): Uint32Array {
  const { near = 0, future, random, alike = 0 } = mix;
  return Uint32Array.from(rows, (row) => {
    const choice = rng.uniform();
    const depth = Math.log(1 - rng.uniform());
    const ahead = (keep: number): number => Math.floor(depth / Math.log(keep)) + 1;
    const later = (decisions: number): number => Math.min(row + decisions, data.split.last[row] as number);
    if (choice < future) return later(ahead(FUTURE_KEEP));
    if (choice < future + near) return later(Math.min(ahead(NEAR_KEEP), NEAR_DECISIONS_MAX));
    if (choice < future + near + random) return pickOne(pool, rng);
    return choice < future + near + random + alike ? likest(data, row, pick(pool, LIKE_OF, rng)) : row;
  });
}

/** Of so many rows from anywhere the one with the likest hand is taken. */
const LIKE_OF = 1024;

/** The row in which what is felt is nearest to what is felt at `row`. */
function likest({ latents, latentDim, visualDim }: LatentData, row: number, among: Uint32Array): number {
  let [best, bestFar] = [row, Number.POSITIVE_INFINITY];
  for (const other of among) {
    let far = 0;
    for (let k = visualDim; k < latentDim; k++) far += (latents[other * latentDim + k]! - latents[row * latentDim + k]!) ** 2;
    if (far < bestFar) [best, bestFar] = [other, far];
  }
  return best;
}

export const pickOne = (pool: Uint32Array, rng: Rng): number => pool[Math.floor(rng.uniform() * pool.length)] as number;

/** `count` rows drawn with replacement. */
export const pick = (pool: Uint32Array, count: number, rng: Rng): Uint32Array =>
  Uint32Array.from({ length: count }, () => pickOne(pool, rng));

/** Columns [from, to) of the given rows of a table `width` wide, as a tensor (rows, to - from). */
export function take(table: Float32Array, width: number, rows: ArrayLike<number>, from = 0, to = width): TensorData {
  const out = new Float32Array(rows.length * (to - from));
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width;
    out.set(table.subarray(start + from, start + to), i * (to - from));
  }
  return floats(out, [rows.length, to - from]);
}
