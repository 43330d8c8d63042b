/** A data set as training sees it: windows of consecutive decisions inside episodes, some episodes held out, proprioception normalised. */
import { AgentError } from "../core/errors.ts";
import { TOOL_SIGNALS } from "../core/model.ts";
import { createRng } from "../core/rng.ts";
import type { SignalName } from "../core/signals.ts";
import { axesOfData, signalsOf } from "./data-axes.ts";
import type { Dataset } from "./dataset-reader.ts";

/** Which rows follow each other, and which episodes are kept away from training. */
export interface Split {
  /** Index of the last row of each row's episode. */
  readonly last: Uint32Array;
  /** 1 for rows of held-out episodes. */
  readonly heldOut: Uint8Array;
  /**
   * Rows t for which t .. t + steps lie in one episode of the wanted part. Where something is rehearsed it takes its share of the rows to train on, by
   * repeating the fewer of them, and none of those held out.
   */
  windows(steps: number, heldOut: boolean): Uint32Array;
}

export interface PlayData {
  readonly dataset: Dataset;
  readonly rows: number;
  readonly actionDim: number;
  /** (rows, actionDim) executed, limited to [-1, 1]. */
  readonly actions: Float32Array;
  /** (rows, 3) metres. */
  readonly toolM: Float32Array;
  /** (rows, 3) metres; null where nobody knows it, as on a real robot. For probes only. */
  readonly objectM: Float32Array | null;
  /** (rows) radians about the vertical; null where nobody knows it. */
  readonly objectYawRad: Float32Array | null;
  /** What is felt, the place of the tool first; F of them. */
  readonly signals: readonly SignalName[];
  /** (rows, F), each in its unit. */
  readonly felt: Float32Array;
  /** Over the training rows, shape (F). */
  readonly feltMean: readonly number[];
  readonly feltStd: readonly number[];
  /** (rows, F): (felt - mean) / std. */
  readonly proprio: Float32Array;
  readonly split: Split;
}

const HELD_OUT_SHARE = 0.06;
/** m, rad or share: what varies less is not made more of. */
const STD_MIN = 0.01;
/** Of encoders that tremble. */
const STANDING_STD_M = 1e-4;
/** An embedding learned from fewer decisions means nothing. */
const TRAINING_ROWS_MIN = 200;

/** Throws `data.mismatch` when there are too few rows, or nothing moves in them. */
export function playData(dataset: Dataset, seed: number): PlayData {
  const { axes } = dataset.meta.action;
  const actions = dataset.columns(axes.map((axis) => `action.${axis}`)).map((value) => Math.max(-1, Math.min(1, value)));
  const toolM = dataset.columns(TOOL_SIGNALS);
  const known = dataset.meta.columns.includes("object.x");
  const split = splitEpisodes(dataset.columns(["episode", "step"]), seed, dataset);
  const training = split.windows(0, false);
  if (training.length < TRAINING_ROWS_MIN) {
    throw new AgentError(
      "data.mismatch",
      `${dataset.folder}: ${training.length} rows to train on, at least ${TRAINING_ROWS_MIN} are needed; collect more`,
    );
  }
  const signals = signalsOf(axesOfData(dataset.meta.action));
  const felt = dataset.columns(signals);
  const { mean, std } = moments(felt, signals.length, training);
  if (std.slice(0, TOOL_SIGNALS.length).every((each) => each < STANDING_STD_M))
    throw new AgentError(
      "data.mismatch",
      `${dataset.folder}: the tool stands still in all rows to train on; collect where the arm can move`,
    );
  const spread = std.map((each) => Math.max(STD_MIN, each));
  const proprio = felt.map((value, i) => (value - (mean[i % signals.length] as number)) / (spread[i % signals.length] as number));
  const objectM = known ? dataset.columns(["object.x", "object.y", "object.z"]) : null;
  const objectYawRad = dataset.meta.columns.includes("object.yaw") ? dataset.columns(["object.yaw"]) : null;
  return {
    dataset,
    rows: dataset.rowCount,
    actionDim: axes.length,
    actions,
    toolM,
    objectM,
    objectYawRad,
    signals,
    felt,
    feltMean: mean,
    feltStd: spread,
    proprio,
    split,
  };
}

/** Numbers that a latent is normalised with: (x - mean) / std. */
export interface Normal {
  readonly mean: ArrayLike<number>;
  readonly std: ArrayLike<number>;
}

/** Mean and standard deviation of each column over the given rows. */
export function moments(table: Float32Array, width: number, rows: ArrayLike<number>): { mean: number[]; std: number[] } {
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < width; k++) {
      const value = table[(rows[i] as number) * width + k] as number;
      sum[k]! += value;
      squares[k]! += value * value;
    }
  }
  const mean = [...sum].map((each) => each / rows.length);
  return { mean, std: mean.map((m, k) => Math.sqrt(Math.max(0, (squares[k] as number) / rows.length - m * m))) };
}

/** `episodeAndStep` (rows, 2): a new episode starts where the number changes or the steps do not follow. */
export function splitEpisodes(episodeAndStep: Float32Array, seed: number, mix?: Pick<Dataset, "freshRows" | "rehearsedShare">): Split {
  const rows = episodeAndStep.length / 2;
  const { freshRows, rehearsedShare } = mix ?? { freshRows: rows, rehearsedShare: 0 };
  const startsAt = (row: number): boolean =>
    row === 0 ||
    episodeAndStep[2 * row] !== episodeAndStep[2 * row - 2] ||
    episodeAndStep[2 * row + 1] !== (episodeAndStep[2 * row - 1] as number) + 1;
  const starts: number[] = [];
  for (let row = 0; row < rows; row++) if (startsAt(row)) starts.push(row);
  const last = new Uint32Array(rows);
  const heldOut = new Uint8Array(rows);
  const rng = createRng(seed).fork(HELD_OUT_LABEL);
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? rows;
    last.fill(end - 1, start, end);
    if (rng.uniform() < HELD_OUT_SHARE) heldOut.fill(1, start, end);
  }
  return {
    last,
    heldOut,
    windows(steps, wanted) {
      const all = windows(last, heldOut, steps, wanted);
      if (freshRows === rows) return all;
      const fresh = all.filter((row) => row < freshRows);
      if (wanted) return fresh;
      const rehearsed = all.filter((row) => row >= freshRows);
      return mixed(fresh, rehearsed, rehearsedShare);
    },
  };
}

const HELD_OUT_LABEL = 0x5e1d;

/** Both, so that about `share` of them are of the second: whichever is too few is repeated, none of the other is left out. */
function mixed(a: Uint32Array, b: Uint32Array, share: number): Uint32Array {
  const timesB = a.length === 0 || b.length === 0 ? 1 : (share / (1 - share)) * (a.length / b.length);
  const [few, many, times] = timesB >= 1 ? [b, a, timesB] : [a, b, 1 / timesB];
  const repeated = Math.round(times * few.length);
  const out = new Uint32Array(many.length + repeated);
  out.set(many);
  for (let i = 0; i < repeated; i++) out[many.length + i] = few[Math.floor((i * few.length) / repeated)]!;
  return out;
}

function windows(last: Uint32Array, heldOut: Uint8Array, steps: number, wanted: boolean): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row + steps < last.length; row++)
    if (row + steps <= (last[row] as number) && (heldOut[row] === 1) === wanted) rows.push(row);
  return Uint32Array.from(rows);
}
