/** Writes a complete, valid model package whose networks are known by heart: a point mass that moves exactly as told. For tests, not for robots. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHUNK_DECISIONS, type ModelRole, type ModelSpec } from "../../runtime/core/model.ts";
import type { CameraSpec, Frame } from "../../runtime/core/sensing.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { Graph, type Value } from "../../runtime/graph/builder.ts";
import {
  add,
  cast,
  clip,
  concat,
  div,
  matMul,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  sqrt,
  square,
  sub,
} from "../../runtime/graph/ops.ts";

/** Latent: where the point is seen (3, in decisions of full action), then the tool's normalised position (3). */
export const TINY_LATENT_DIM = 6;
/** Metres that action 1 moves the point. */
export const TINY_SCALE_M = 0.03;
export const TINY_MEAN_M = [0.5, 0, 0.03] as const;
export const TINY_STD_M = [0.1, 0.1, 0.05] as const;
/** A picture's mean colour 0..255 means a position between these corners. */
export const TINY_MIN_M = [0.2, -0.4, 0] as const;
export const TINY_MAX_M = [0.8, 0.4, 0.4] as const;

/** The two cameras of the shipped Panda models. */
export const TINY_CAMERAS: readonly CameraSpec[] = [
  { name: "front", widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [1.12, 0, 0.42], targetM: [0.5, 0, 0.03] },
  { name: "side", widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [0.45, -0.72, 0.5], targetM: [0.5, 0.02, 0.03] },
];

export type TinyAxis = "x" | "y" | "z";

export interface TinyOptions {
  readonly axes?: readonly TinyAxis[];
  /** `state` packages take [tool (3), object (3)] in metres. */
  readonly observation?: "cameras" | "state";
  readonly cameras?: readonly CameraSpec[];
  /** Replaces fields of model.json after everything else. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Replaces networks by other ONNX bytes; null leaves an optional one out. */
  readonly networks?: Readonly<Partial<Record<ModelRole, Uint8Array | null>>>;
}

/** Writes the package into a fresh temporary folder, removed when the process exits, and returns the folder. */
export function writeTinyModel(options: TinyOptions = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "foresight-tiny-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const files: Record<string, { file: string; sha256: string }> = {};
  for (const [role, own] of Object.entries(tinyNetworks(options))) {
    const bytes = options.networks?.[role as ModelRole] === undefined ? own : options.networks[role as ModelRole];
    if (!bytes) continue;
    writeFileSync(join(folder, `${role}.onnx`), bytes);
    files[role] = { file: `${role}.onnx`, sha256: sha256(bytes) };
  }
  const spec = { ...tinySpec(options, files as unknown as ModelSpec["files"]), ...options.spec };
  writeFileSync(join(folder, "model.json"), JSON.stringify(spec, null, 2));
  return folder;
}

/** The latent of a point that is seen and felt at the same place; shape (6). */
export function tinyLatent(pointM: Vec3): Float32Array {
  return Float32Array.from([...pointM.map((x) => x / TINY_SCALE_M), ...pointM.map((x, i) => (x - TINY_MEAN_M[i]!) / TINY_STD_M[i]!)]);
}

/** A picture of one colour that the tiny encoder reads as this position, to 3 mm (8 bits a colour). */
export function tinyFrame(camera: CameraSpec, pointM: Vec3, stampNs = 0n): Frame {
  const colour = pointM.map((x, i) => Math.round((255 * (x - TINY_MIN_M[i]!)) / (TINY_MAX_M[i]! - TINY_MIN_M[i]!)));
  const rgb = new Uint8Array(camera.widthPx * camera.heightPx * 3).map((_, i) => colour[i % 3]!);
  return { camera: camera.name, widthPx: camera.widthPx, heightPx: camera.heightPx, rgb, stampNs, receivedNs: stampNs };
}

/** The package's networks as ONNX bytes. */
export function tinyNetworks(options: TinyOptions = {}): Record<ModelRole, Uint8Array> {
  const axes = options.axes ?? ["x", "y"];
  const state = options.observation === "state";
  return {
    encoder: state ? stateEncoder() : pictureEncoder(options.cameras ?? TINY_CAMERAS),
    predictor: predictor(axes),
    critic: critic(),
    policy: policy(axes),
    probe: probe(),
    uncertainty: uncertainty(axes),
    prior: prior(axes),
    subgoal: subgoal(),
  };
}

/** Contract version 1, as the packages that are shipped. */
function tinySpec(options: TinyOptions, files: ModelSpec["files"]): Readonly<Record<string, unknown>> {
  const axes = options.axes ?? ["x", "y"];
  const observation = options.observation ?? "cameras";
  return {
    contract: 1,
    name: "tiny",
    robot: "panda",
    observation,
    cameras: observation === "state" ? [] : (options.cameras ?? TINY_CAMERAS),
    proprioception: { signals: ["tool.x", "tool.y", "tool.z"], mean: TINY_MEAN_M, std: TINY_STD_M },
    latentDim: TINY_LATENT_DIM,
    action: { axes, scaleM: TINY_SCALE_M },
    toolHeightM: axes.includes("z") ? null : 0.03,
    controlPeriodS: 0.2,
    files,
    training: { dataHash: "none", frames: 0, seed: 0, minutes: 0, producer: "test/helpers/tiny-model.ts", productVersion: "0.1.0" },
    evaluation: {},
  };
}

function pictureEncoder(cameras: readonly CameraSpec[]): Uint8Array {
  const g = new Graph("tiny encoder");
  const [{ heightPx, widthPx }] = cameras as [CameraSpec];
  const frames = g.input("frames", "uint8", [-1, cameras.length, heightPx, widthPx, 3]);
  const proprio = g.input("proprio", "float32", [-1, 3]);
  const colour = reduceMean(g, cast(g, frames, "float32"), [1, 2, 3]); // (batch, 3)
  const range = vector(
    g,
    TINY_MAX_M.map((max, i) => (max - TINY_MIN_M[i]!) / 255 / TINY_SCALE_M),
  );
  const seen = add(
    g,
    mul(g, colour, range),
    vector(
      g,
      TINY_MIN_M.map((min) => min / TINY_SCALE_M),
    ),
  );
  g.output("latent", concat(g, [seen, normalise(g, proprio)], 1));
  return g.toBytes();
}

function stateEncoder(): Uint8Array {
  const g = new Graph("tiny state encoder");
  const state = g.input("state", "float32", [-1, 6]);
  const seen = div(g, slice(g, state, 1, 3, 6), TINY_SCALE_M);
  g.output("latent", concat(g, [seen, normalise(g, slice(g, state, 1, 0, 3))], 1));
  return g.toBytes();
}

/** next = latent + action M: both halves of the latent move by scaleM times the action. */
function predictor(axes: readonly TinyAxis[]): Uint8Array {
  const g = new Graph("tiny predictor");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const action = g.input("action", "float32", [-1, axes.length]);
  const moves = new Float32Array(axes.length * TINY_LATENT_DIM);
  for (const [row, axis] of axes.entries()) {
    const column = "xyz".indexOf(axis);
    moves[row * TINY_LATENT_DIM + column] = 1;
    moves[row * TINY_LATENT_DIM + 3 + column] = TINY_SCALE_M / TINY_STD_M[column]!;
  }
  g.output("next", add(g, latent, matMul(g, action, g.constant(moves, [axes.length, TINY_LATENT_DIM]))));
  return g.toBytes();
}

/** Straight-line distance between the seen points, in decisions of full action. */
function critic(): Uint8Array {
  const g = new Graph("tiny critic");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, TINY_LATENT_DIM]);
  const apart = sub(g, slice(g, latent, 1, 0, 3), slice(g, goal, 1, 0, 3));
  g.output("cost", sqrt(g, reduceSum(g, square(g, apart), [1], { keepDims: true })));
  return g.toBytes();
}

/** Straight towards the goal, each axis clipped to full action. */
function policy(axes: readonly TinyAxis[]): Uint8Array {
  const g = new Graph("tiny policy");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, TINY_LATENT_DIM]);
  const apart = sub(g, slice(g, goal, 1, 0, axes.length), slice(g, latent, 1, 0, axes.length)); // Axes are x, y or x, y, z.
  g.output("action", clip(g, apart, -1, 1));
  return g.toBytes();
}

function probe(): Uint8Array {
  const g = new Graph("tiny probe");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  g.output("object", mul(g, slice(g, latent, 1, 0, 3), TINY_SCALE_M));
  g.output("tool", add(g, mul(g, slice(g, latent, 1, 3, 6), vector(g, TINY_STD_M)), vector(g, TINY_MEAN_M)));
  return g.toBytes();
}

/** The squared length of the action: bold moves are less certain. */
function uncertainty(axes: readonly TinyAxis[]): Uint8Array {
  const g = new Graph("tiny uncertainty");
  g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  g.output("spread", reduceSum(g, square(g, g.input("action", "float32", [-1, axes.length])), [1], { keepDims: true }));
  return g.toBytes();
}

/** Straight towards the goal, all decisions of a chunk alike but for a tenth of the noise. */
function prior(axes: readonly TinyAxis[]): Uint8Array {
  const g = new Graph("tiny prior");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  const goal = g.input("goal", "float32", [-1, TINY_LATENT_DIM]);
  const noise = g.input("noise", "float32", [-1, CHUNK_DECISIONS * axes.length]);
  const way = clip(g, sub(g, slice(g, goal, 1, 0, axes.length), slice(g, latent, 1, 0, axes.length)), -1, 1);
  const chunk = clip(g, add(g, concat(g, new Array(CHUNK_DECISIONS).fill(way), 1), mul(g, noise, 0.1)), -1, 1);
  g.output("chunk", reshape(g, chunk, [-1, CHUNK_DECISIONS, axes.length]));
  return g.toBytes();
}

/** At most ten decisions of the straight way to the goal, give or take half a decision. */
function subgoal(): Uint8Array {
  const g = new Graph("tiny subgoal");
  const seen = slice(g, g.input("latent", "float32", [-1, TINY_LATENT_DIM]), 1, 0, 3);
  const goal = slice(g, g.input("goal", "float32", [-1, TINY_LATENT_DIM]), 1, 0, 3);
  const there = add(g, seen, clip(g, sub(g, goal, seen), -10, 10));
  const about = add(g, there, mul(g, g.input("noise", "float32", [-1, 3]), 0.5));
  g.output("subgoal", concat(g, [about, mul(g, seen, 0)], 1));
  return g.toBytes();
}

const vector = (g: Graph, values: readonly number[]): Value => g.constant(Float32Array.from(values));
const normalise = (g: Graph, proprio: Value): Value => div(g, sub(g, proprio, vector(g, TINY_MEAN_M)), vector(g, TINY_STD_M));
