/** What a guard may look at, and what it answers. */
import type { JointCommand, Segment } from "./motion.ts";
import type { Vec3 } from "./vec3.ts";

/** What a guard may look at beside the segment. All pure data and pure functions. */
export interface Situation {
  readonly nowNs: bigint;
  readonly observationReceivedNs: bigint;
  readonly observationStampNs: bigint;
  readonly planMadeNs: bigint;
  /** Commanded state at the segment's start. */
  readonly commanded: JointCommand;
  /** Where the running segment comes to rest, shape (jointCount). */
  readonly restRad: Float64Array;
  /** Time until the running segment is at rest. */
  readonly restInS: number;
  /** Tool point in the base frame at a joint position. */
  toolAt(positionRad: Float64Array): Vec3;
}

/** pass: as it is; clip: this one instead; stop: send nothing, the running segment brings the arm to rest. */
export type Verdict =
  | { readonly kind: "pass"; readonly segment: Segment }
  | { readonly kind: "clip"; readonly why: readonly string[]; readonly segment: Segment }
  | { readonly kind: "stop"; readonly why: readonly string[] };

export interface Guard {
  readonly name: string;
  check(segment: Segment, situation: Situation): Verdict;
}
