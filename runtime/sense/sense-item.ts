/** What flows through the sense pipeline: good samples, the observations made of them, and faults beside them. */
import type { AgentError } from "../core/errors.ts";
import type { JointSpec } from "../core/robot.ts";
import type { CameraSpec, Observation, Sample } from "../core/sensing.ts";

export type SenseItem =
  | { readonly kind: "sample"; readonly sample: Sample }
  | { readonly kind: "observation"; readonly observation: Observation }
  | { readonly kind: "fault"; readonly stream: string; readonly error: AgentError };

export interface SenseOptions {
  /** In the model's order; pictures of other cameras are ignored. */
  readonly cameras: readonly Pick<CameraSpec, "name" | "widthPx" | "heightPx">[];
  readonly joints: readonly JointSpec[];
  /** How far apart in source time the parts of one observation may be. */
  readonly maxSkewMs: number;
  /** How old, since receipt, the newest good sample of a stream may be. */
  readonly maxAgeMs: number;
  /** How far outside its limits a joint may read. */
  readonly rangeToleranceRad: number;
  /** How many times its velocity limit a joint may seem to move, and how far beyond that it may jump (encoder noise). */
  readonly jumpFactor: number;
  readonly jumpToleranceRad: number;
  readonly frozen: FrozenOptions;
  /** The same fault of the same stream is reported again after this long. */
  readonly repeatMs: number;
}

export interface FrozenOptions {
  /** Identical pictures in a row that are a fault while the arm moves. */
  readonly movingCount: number;
  /** A joint has moved when it is this far from where it was at the first of them. */
  readonly minMovedRad: number;
  /** Identical pictures in a row that are a fault in any case; null for never (a simulated camera may show a still scene for ever). */
  readonly stillCount: number | null;
}

/** Bounds that fit a table-top arm with cameras of 5 to 30 Hz; the section `senses` of a launch file changes each. */
export const senseDefaults = {
  maxSkewMs: 40,
  maxAgeMs: 500,
  rangeToleranceRad: 0.02,
  jumpFactor: 1.5,
  jumpToleranceRad: 0.01,
  frozen: { movingCount: 5, minMovedRad: 0.05, stillCount: null },
  repeatMs: 1000,
} as const satisfies Omit<SenseOptions, "cameras" | "joints">;

/** The stream a sample belongs to, as messages call it. */
export function streamOf(sample: Sample): string {
  return sample.kind === "frame" ? `camera "${sample.frame.camera}"` : jointStream;
}

export const jointStream = "joints";
export const observationStream = "aligned observations";
