/** The record of one decision: what is recorded, shown and compared. */
import type { Segment } from "./motion.ts";
import type { Latent, Plan } from "./planning.ts";
import type { Measures } from "./skill.ts";
import type { Vec3 } from "./vec3.ts";

/** Everything one decision saw, imagined, chose, was allowed and sent. */
export interface Tick {
  /** Deterministic in lockstep: same seed, same machine, same bytes. */
  readonly decision: {
    readonly index: number;
    readonly stampNs: bigint;
    readonly jointsRad: Float64Array;
    readonly toolM: Vec3;
    readonly latent: Latent;
    readonly plan: Plan | null;
    readonly action: Float32Array;
    readonly verdict: "pass" | "clip" | "stop";
    readonly why: readonly string[];
    readonly segment: Segment | null;
    /** What was really commanded over the decision period, in action units; shape (actionDim). */
    readonly executedAction: Float32Array;
    /** Imagined tool points, shape (horizon, 3), metres, base frame. */
    readonly imaginedToolM: Float32Array;
    readonly measures: Measures;
    /** How far `latent` is from what the decision before imagined of this instant, unit-free, 1 is about one standard deviation, or what the model's card says is usual; null where it imagined another. */
    readonly surprise: number | null;
  };
  /** Measured, never compared. */
  readonly timing: {
    readonly encodeMs: number;
    readonly planMs: number;
    readonly guardMs: number;
    readonly decisionMs: number;
    readonly observationAgeMs: number;
  };
}
