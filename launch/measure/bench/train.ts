/** `foresight bench train`: frames a second of the encoder's training step, AdamW included, and the same step in PyTorch turn by turn. */

import { nsToMs, SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { figure } from "../../../runtime/core/figure.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import { round } from "../../../runtime/core/statistics.ts";
import { floats, type TensorData } from "../../../runtime/graph/session.ts";
import { signalsOf } from "../../../runtime/learn/data-axes.ts";
import { encoderTraining, HORIZON, PROJECTIONS } from "../../../runtime/learn/encoder-training.ts";
import { encoderRecipe } from "../../../runtime/learn/train.ts";
import { Trainer } from "../../../runtime/learn/trainer.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { actionOf } from "../../learn/play/setup.ts";
import { skillsOf } from "../../task-facts.ts";
import { describeMachine, type Machine, machineLine, peakResidentMib } from "./machine.ts";
import { type Spread, spreadOf, table } from "./table.ts";
import { startTrainPeer } from "./train-peer.ts";

export interface BenchTrainOptions {
  /** Its cameras and its skill's axes give the sizes. */
  readonly config: LaunchConfig;
  /** Turns of each side, taken alternately. */
  readonly rows: number;
  /** Timed steps of each turn. */
  readonly steps: number;
  readonly threads: number;
  /** A Python that has torch, or null. */
  readonly torch: string | null;
  readonly onProgress?: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface TrainRow {
  readonly side: "foresight" | "pytorch";
  readonly stepMs: Spread;
  /** Time steps of experience over the median step; each holds a picture of every camera. */
  readonly framesPerS: number;
}

export interface BenchTrainResult {
  readonly bench: "train";
  readonly machine: Machine;
  readonly threads: number;
  readonly cameras: number;
  /** Time steps in a batch. */
  readonly batchFrames: number;
  readonly rows: readonly TrainRow[];
  /** Over all steps of all rows; `ratio`: our frames a second over its. Memory: peak resident of each process. */
  readonly ours: TrainTotal;
  readonly peer: (TrainTotal & { readonly framework: string; readonly ratio: number }) | { readonly missing: string };
}

export interface TrainTotal extends Omit<TrainRow, "side"> {
  readonly steps: number;
  readonly peakMib: number;
}

const WARM_UP_STEPS = 5;
const RATE = 1e-3;

/** Nothing is learned: pictures and numbers are drawn by chance, the arithmetic is the same. */
export async function benchTrain(options: BenchTrainOptions): Promise<BenchTrainResult> {
  const { config, rows: turns, steps, threads, torch, onProgress, signal } = options;
  const machine = describeMachine();
  const { size, sizes, training, frames } = shapes(config, threads);
  await using trainer = await Trainer.open(training, { rng: createRng(1) }, { provider: "cpu", threads });
  const clock = new SystemClock();
  const batch = batches(size, createRng(2));
  const own = async (count: number): Promise<number[]> => {
    const stepMs: number[] = [];
    for (let i = 0; i < count; i++) {
      signal.throwIfAborted();
      const feeds = batch();
      const beginNs = clock.nowNs();
      await trainer.step(feeds, RATE);
      stepMs.push(nsToMs(clock.nowNs() - beginNs));
    }
    return stepMs;
  };
  onProgress?.("warming up");
  await own(WARM_UP_STEPS);
  const started = await startTrainPeer(torch, sizes, signal);
  using peer = "missing" in started ? null : started;
  await peer?.steps(WARM_UP_STEPS);
  const rows: TrainRow[] = [];
  const all = { foresight: [] as number[], pytorch: [] as number[] };
  let peerMib = 0;
  for (let turn = 0; turn < turns; turn++) {
    onProgress?.(`turn ${turn + 1} of ${turns}`);
    const ours = await own(steps);
    all.foresight.push(...ours);
    rows.push({ side: "foresight", ...figures(ours, frames) });
    if (!peer) continue;
    const { stepMs, peakMib } = await peer.steps(steps);
    all.pytorch.push(...stepMs);
    peerMib = peakMib;
    rows.push({ side: "pytorch", ...figures(stepMs, frames) });
  }
  const ours = { ...figures(all.foresight, frames), steps: all.foresight.length, peakMib: peakResidentMib() };
  const shared = { bench: "train" as const, machine, threads, cameras: size.cameras, batchFrames: frames, rows, ours };
  if (!peer) return { ...shared, peer: started as { missing: string } };
  const total = { ...figures(all.pytorch, frames), steps: all.pytorch.length, peakMib: peerMib };
  return { ...shared, peer: { framework: peer.framework, ...total, ratio: round(total.stepMs.p50 / ours.stepMs.p50, 2) } };
}

export function printBenchTrain({ machine, threads, cameras, batchFrames, rows, ours, peer }: BenchTrainResult): string {
  const spread = ({ p50, p99 }: Spread): string => `${figure(p50, { digits: 1 })}/${figure(p99, { digits: 1 })}`;
  const line = (name: string, { stepMs, framesPerS }: Omit<TrainRow, "side">, peakMib: number | "") => ({
    "": name,
    "step p50/p99 ms": spread(stepMs),
    "frames/s": framesPerS,
    "peak MiB": peakMib,
  });
  const lines = [...rows.map((row) => line(row.side, row, "")), line("foresight, all", ours, ours.peakMib)];
  if (!("missing" in peer)) lines.push(line("pytorch, all", peer, peer.peakMib));
  return [
    machineLine(machine),
    `encoder's training step with AdamW, ${batchFrames} frames of ${cameras} cameras a step, float32, ${threads} threads`,
    table(lines),
    "missing" in peer ? `peer missing: ${peer.missing}` : `${peer.framework}: its median step = ${peer.ratio} x ours`,
  ].join("\n");
}

const figures = (stepMs: readonly number[], frames: number): Omit<TrainRow, "side"> => {
  const spread = spreadOf(stepMs);
  return { stepMs: spread, framesPerS: round((1e3 * frames) / spread.p50, 0) };
};

interface BatchSize {
  readonly windows: number;
  readonly cameras: number;
  readonly heightPx: number;
  readonly widthPx: number;
  readonly actionDim: number;
  readonly proprioDim: number;
  readonly visualDim: number;
}

/** The training that `train` runs on this launch file's data, and the peer's options for the same. */
function shapes(config: LaunchConfig, threads: number) {
  const [camera] = config.cameras;
  const [skill] = skillsOf(config.task);
  if (!camera || !skill)
    throw new AgentError(
      "launch.invalid",
      `bench train: ${camera ? "task names no skill" : "there are no cameras"}; give a launch file that has them`,
    );
  const recipe = encoderRecipe(skill.goals.includes("object") ? "object" : "tool");
  const frame = { cameras: config.cameras.length, heightPx: camera.heightPx, widthPx: camera.widthPx };
  const axes = actionOf(config);
  const [actionDim, proprioDim] = [axes.length, signalsOf(axes).length];
  const { windows, visualDim } = recipe;
  const training = encoderTraining(recipe, { frame, proprioDim, actionDim });
  const weights = { given: recipe.givenWeight, plain: recipe.plainWeight, felt: recipe.feltWeight };
  const pictures = { cameras: frame.cameras, height: frame.heightPx, width: frame.widthPx };
  const sizes = { windows, horizon: HORIZON, ...pictures, actions: actionDim, threads, ...weights };
  const size: BatchSize = { windows, ...frame, actionDim, proprioDim, visualDim };
  return { size, sizes, training, frames: windows * (HORIZON + 1) };
}

/** The same pictures each time, other numbers. */
function batches(
  { windows, cameras, heightPx, widthPx, actionDim, proprioDim, visualDim }: BatchSize,
  rng: Rng,
): () => Record<string, TensorData> {
  const rows = windows * (HORIZON + 1);
  const pixels = Uint8Array.from({ length: rows * cameras * heightPx * widthPx * 3 }, () => Math.floor(256 * rng.uniform()));
  const between = (low: number, high: number, ...shape: number[]): TensorData =>
    floats(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.between(low, high)),
      shape,
    );
  const normal = (...shape: number[]): TensorData => floats(rng.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
  return () => ({
    frames: { dtype: "uint8", shape: [rows, cameras, heightPx, widthPx, 3], data: pixels },
    gain: between(0.85, 1.15, rows, 3),
    proprio: normal(rows, proprioDim),
    action: between(-1, 1, windows, HORIZON, actionDim),
    directions: normal(visualDim, PROJECTIONS),
  });
}
