/** The model package as every stage sees it: what model.json declares and the ONNX bytes beside it. runtime/predict/model-package.ts reads and checks one. */
import type { CameraSpec } from "./sensing.ts";

/** What a model, a robot and a camera can be called. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]*$/i;
export const MODEL_NAME_IS = "letters, digits, dot, dash and underscore only";

/** The networks a package may hold; all but encoder, predictor and critic are optional. */
export const MODEL_ROLES = ["encoder", "predictor", "critic", "policy", "probe", "uncertainty", "prior", "subgoal"] as const;
/** A prior tells so many decisions at once. */
export const CHUNK_DECISIONS = 4;
export type ModelRole = (typeof MODEL_ROLES)[number];
export type RequiredRole = "encoder" | "predictor" | "critic";

export const AXIS_NAMES = ["x", "y", "z", "yaw", "gripper"] as const;
export type AxisName = (typeof AXIS_NAMES)[number];

/** One number of an action, in [-1, 1]: 1 is `scale` of the unit a decision. */
export interface ActionAxis {
  readonly name: AxisName;
  /** Tool displacement along x, y, z; turn about the vertical; share of the gripper's opening. */
  readonly unit: "m" | "rad" | "1";
  readonly scale: number;
  /** A switch is one of two things, by its sign. */
  readonly kind: "continuous" | "switch";
}

/** The version of model.json that is written. */
export const CONTRACT_VERSION = 2;

/** Axes that move the tool (x, y, z), all by the same length: what version 1 and data sets have. */
export const displacementAxes = ({ axes, scaleM }: { readonly axes: readonly string[]; readonly scaleM: number }): ActionAxis[] =>
  axes.map((name) => ({ name: name as AxisName, unit: "m", scale: scaleM, kind: "continuous" })); // Read back and checked with the package.

/** One number that the body feels: (value - mean) / std is an entry at the end of every latent. */
export interface Signal {
  readonly name: string;
  readonly unit: string;
  /** In the unit. */
  readonly mean: number;
  readonly std: number;
}

/** The signals that every model has, first and in this order. */
export const TOOL_SIGNALS = ["tool.x", "tool.y", "tool.z"] as const;

/** Roles that every package fills, and those that it may. */
export type PerRole<T> = Readonly<Record<RequiredRole, T>> & Readonly<Partial<Record<Exclude<ModelRole, RequiredRole>, T | undefined>>>;

/** Split conformal: of decisions like the `n` held-out ones at most the share `alpha` (0..1) lie above `quantile` (unit-free). */
export interface SurpriseSpec {
  readonly alpha: number;
  readonly n: number;
  readonly quantile: number;
  /** In units of which the parts of a surprise are measured, and the most unusual one counts (runtime/predict/surprise.ts); absent: surprise is the prediction error. */
  readonly usual?: { readonly seen: number; readonly felt: number; readonly doubt: number } | undefined;
}

/** What model.json says (contract version 2; version 1 is read into it). */
export interface ModelSpec {
  readonly contract: 2;
  readonly name: string;
  readonly robot: string;
  /** `state` packages take true poses in place of pictures: an oracle for tests and upper bounds, never for a real arm. */
  readonly observation: "cameras" | "state";
  /** In the order of the encoder's input, all of one size. */
  readonly cameras: readonly CameraSpec[];
  /** The last entries of a latent are these signals, normalised; the tool point first, others after. */
  readonly proprioception: readonly Signal[];
  readonly latentDim: number;
  /** What an action is made of, in order. */
  readonly axes: readonly ActionAxis[];
  /** The tool height held when z is no action axis, else null. */
  readonly toolHeightM: number | null;
  readonly controlPeriodS: number;
  readonly files: PerRole<{ readonly file: string; readonly sha256: string }>;
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation: Readonly<Record<string, unknown>>;
  /** How much surprise is usual; absent: nobody looked, and nothing follows from a surprise. */
  readonly surprise?: SurpriseSpec | undefined;
  /** SHA-256 of the pictures beside it that tell people what it imagines (sights.json); absent: there are none. */
  readonly sights?: string | undefined;
  /** Of everything else that the card says (runtime/core/card-hash.ts); cards made elsewhere may have none. */
  readonly cardHash?: string | undefined;
}

/** A checked package in memory. The bytes are shared: do not write to them. */
export interface ModelPackage {
  /** Absolute path. */
  readonly folder: string;
  readonly spec: ModelSpec;
  readonly networks: PerRole<Uint8Array>;
  /** The card's own hash, 64 hexadecimal digits: one name for its numbers and all weights. */
  readonly modelHash: string;
  /** Entries of the encoder's `state` input for `state` packages, else 0. */
  readonly stateDim: number;
  /** Its encoder takes the belief before as well. */
  readonly remembers: boolean;
}
