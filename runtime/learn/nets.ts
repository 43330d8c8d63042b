/** The networks of a world model, of matrix products only: encoder, predictor, critic, policy, probe. */
import type { Value } from "../graph/builder.ts";
import { add, cast, concat, cos, gelu, gemm, mul, reduceSum, reshape, sin, sub, tanh, tile, transpose } from "../graph/ops.ts";
import { type Building, columns, linear, mlp, norm, plainNorm, residual } from "./layers.ts";

const PATCH_PX = 8;
const WIDTHS = [96, 128, 192] as const;
/** Every side of a picture is a multiple of this: patches are merged two by two, twice. */
const SIDE_MULTIPLE_PX = PATCH_PX * 4;
/** Centre and spread of picture values, in units of 0..255. */
const PIXEL_MEAN = 110;
const PIXEL_STD = 60;

export interface FrameSize {
  readonly cameras: number;
  readonly heightPx: number;
  readonly widthPx: number;
}

/**
 * Frames uint8 (batch, cameras, height, width, 3) -> embedding before whitening (batch, visualDim). `gain` (batch, 3) scales the colours of
 * each sample, null for 1. Patches of 8x8 pixels of all cameras, merged 2x2 twice; a residual block a level (first-experiments.md).
 */
export function encoderFeatures(at: Building, frames: Value, gain: Value | null, size: FrameSize, visualDim: number): Value {
  const { g, weights } = at;
  const patches = cutPatches(at, frames, size); // (batch, patches, values)
  const [, count, values] = patches.shape as [number, number, number];
  const scaled = gain
    ? mul(g, patches, tile(g, reshape(g, mul(g, gain, 1 / PIXEL_STD), [-1, 1, 3]), [1, 1, values / 3]))
    : mul(g, patches, 1 / PIXEL_STD);
  let x = embed(at, reshape(g, scaled, [-1, values]), values);
  const position = weights.of("encoder.position", [count, WIDTHS[0]], { kind: "normal", std: 0.02 });
  x = reshape(g, add(g, reshape(g, x, [-1, count, WIDTHS[0]]), position), [-1, WIDTHS[0]]);
  x = residual(at, "encoder.block0", x, 2);
  for (const level of [1, 2] as const) {
    const neighbours = reshape(g, x, [-1, 4 * (WIDTHS[level - 1] as number)]); // Four that follow each other are a square of 2x2.
    x = residual(at, `encoder.block${level}`, linear(at, `encoder.merge${level}`, neighbours, WIDTHS[level]), 2);
  }
  const flat = reshape(g, x, [-1, (count / 16) * WIDTHS[2]]);
  const head = gelu(g, norm(at, "encoder.norm", linear(at, "encoder.head", flat, 256)));
  return linear(at, "encoder.out", head, visualDim);
}

/** Linear layer on (pixel - mean) / std, the mean folded into its bias: subtracting it from every pixel would cost a pass over memory. */
function embed({ g, weights }: Building, scaled: Value, values: number): Value {
  const bound = 1 / Math.sqrt(values);
  const w = weights.of("encoder.embed.weight", [values, WIDTHS[0]], { kind: "uniform", bound });
  const b = weights.of("encoder.embed.bias", [WIDTHS[0]], { kind: "uniform", bound });
  const shift = mul(g, reduceSum(g, w, [0]), PIXEL_MEAN / PIXEL_STD);
  return add(g, gemm(g, scaled, w), sub(g, b, shift));
}

/** uint8 pictures -> float32 (batch, patches, cameras * 8 * 8 * 3), every four neighbours (2x2) following each other, twice nested. */
function cutPatches({ g }: Building, frames: Value, { cameras, heightPx, widthPx }: FrameSize): Value {
  const [rows, cols] = [heightPx / SIDE_MULTIPLE_PX, widthPx / SIDE_MULTIPLE_PX];
  const tiles = reshape(g, frames, [-1, cameras, rows, 2, 2, PATCH_PX, cols, 2, 2, PATCH_PX * 3]);
  const ordered = transpose(g, tiles, [0, 2, 6, 3, 7, 4, 8, 1, 5, 9]);
  return cast(g, reshape(g, ordered, [-1, rows * cols * 16, cameras * PATCH_PX * PATCH_PX * 3]), "float32");
}

/** Below so many numbers a latent is a state that somebody told, and half the width predicts it. */
export const TOLD_DIM_MAX = 32;

/** latent (rows, L), action (rows, A) -> next latent: the residual of the whole vector. */
export function predictor(at: Building, latent: Value, action: Value): Value {
  const { g } = at;
  const width = (latent.shape[1] as number) < TOLD_DIM_MAX ? 256 : 512;
  let x = linear(at, "predictor.inlet", concat(g, [latent, action], 1), width);
  x = residual(at, "predictor.block0", x, 1);
  x = residual(at, "predictor.block1", x, 1);
  const change = linear(at, "predictor.outlet", plainNorm(at, x), latent.shape[1] as number, { kind: "normal", std: 1e-3 });
  return add(g, latent, change);
}

const HIDDEN = [256, 256, 256] as const;

/** latent (rows, L), goal (rows, visualDim) -> (rows, 2): two estimates of the discounted sum of -1 a decision until the goal. */
export function criticValues(at: Building, latent: Value, goal: Value): Value {
  const x = concat(at.g, [latent, goal], 1);
  return concat(
    at.g,
    [0, 1].map((head) => mlp(at, `critic.${head}`, x, HIDDEN, 1)),
    1,
  );
}

/** latent (rows, L), the next decisions' actions (rows, K A), goal (rows, visualDim) -> (rows, 2): the same where those are done first. */
export function chunkValues(at: Building, latent: Value, chunk: Value, goal: Value): Value {
  const x = concat(at.g, [latent, chunk, goal], 1);
  return concat(
    at.g,
    [0, 1].map((head) => mlp(at, `chunk.${head}`, x, HIDDEN, 1)),
    1,
  );
}

/** latent (rows, L), goal (rows, visualDim) -> action (rows, A) in [-1, 1]. */
export function policy(at: Building, latent: Value, goal: Value, actionDim: number): Value {
  return tanh(at.g, mlp(at, "policy", concat(at.g, [latent, goal], 1), HIDDEN, actionDim));
}

/**
 * Where a sample goes on its way from noise to what is wanted: noisy (rows, W), time (rows, 1) from 0 to 1, latent (rows, L), goal (rows, visualDim) -> (rows, W).
 */
export function velocity(
  at: Building,
  name: "prior" | "subgoal",
  { noisy, time, latent, goal }: Readonly<Record<"noisy" | "time" | "latent" | "goal", Value>>,
): Value {
  const { g } = at;
  const waves = [1, 2].flatMap((turns) => [sin, cos].map((wave) => wave(g, mul(g, time, turns * Math.PI))));
  return mlp(at, name, concat(g, [noisy, time, ...waves, latent, goal], 1), HIDDEN, noisy.shape[1] as number);
}

/** Networks of the ensemble: small beside the predictor, since they only have to differ where there were no data. */
export const MEMBERS = 4;

/** latent (rows, L), action (rows, A) -> what each member thinks that the action changes, MEMBERS times (rows, L). */
export function ensembleChanges(at: Building, latent: Value, action: Value): readonly Value[] {
  const x = concat(at.g, [latent, action], 1);
  return Array.from({ length: MEMBERS }, (_, member) => mlp(at, `uncertainty.${member}`, x, [128, 128], latent.shape[1] as number));
}

/** latent (rows, L) -> normalised place (rows, 3), from the visual part alone so that goals can be probed too. */
export const probe = (at: Building, latent: Value, visualDim: number): Value =>
  mlp(at, "probe", columns(at.g, latent, 0, visualDim), [256, 256], 3);
