/** The model package as every stage sees it: what model.json declares and the ONNX bytes beside it. runtime/predict/model-package.ts reads and checks one. */
import type { CameraSpec } from "./sensing.ts";

/** What a model, a robot and a camera can be called. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]*$/i;
export const MODEL_NAME_IS = "letters, digits, dot, dash and underscore only";

/** The networks a package may hold; policy, probe and uncertainty are optional. */
export const MODEL_ROLES = ["encoder", "predictor", "critic", "policy", "probe", "uncertainty"] as const;
export type ModelRole = (typeof MODEL_ROLES)[number];
export type RequiredRole = "encoder" | "predictor" | "critic";

export type ActionAxis = "x" | "y" | "z";

/** Roles that every package fills, and those that it may. */
export type PerRole<T> = Readonly<Record<RequiredRole, T>> & Readonly<Partial<Record<Exclude<ModelRole, RequiredRole>, T | undefined>>>;

/** What model.json says (contract version 1). */
export interface ModelSpec {
  readonly contract: 1;
  readonly name: string;
  readonly robot: string;
  /** `state` packages take true poses in place of pictures: an oracle for tests and upper bounds, never for a real arm. */
  readonly observation: "cameras" | "state";
  /** In the order of the encoder's input, all of one size. */
  readonly cameras: readonly CameraSpec[];
  /** The last entries of a latent are these signals, (p - mean) / std, in metres before normalisation. */
  readonly proprioception: { readonly signals: readonly string[]; readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly latentDim: number;
  /** Tool displacement a decision: action 1 is `scaleM` metres along the axis. */
  readonly action: { readonly axes: readonly ActionAxis[]; readonly scaleM: number };
  /** The tool height held when z is no action axis, else null. */
  readonly toolHeightM: number | null;
  readonly controlPeriodS: number;
  readonly files: PerRole<{ readonly file: string; readonly sha256: string }>;
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation: Readonly<Record<string, unknown>>;
}

/** A checked package in memory. The bytes are shared: do not write to them. */
export interface ModelPackage {
  /** Absolute path. */
  readonly folder: string;
  readonly spec: ModelSpec;
  readonly networks: PerRole<Uint8Array>;
  /** SHA-256 over the file hashes, 64 hexadecimal digits: one name for all weights. */
  readonly modelHash: string;
  /** Entries of the encoder's `state` input for `state` packages, else 0. */
  readonly stateDim: number;
}
