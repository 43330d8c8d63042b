/** The instants of a decision, and what it looked at: with what was sensed, all that is needed to make it again. */
import type { ErrorCode } from "./errors.ts";
import type { Segment } from "./motion.ts";
import type { RngState } from "./rng.ts";
import type { Observation } from "./sensing.ts";
import type { OperatorCommand } from "./supervision.ts";

/** Which observation, by the stamps of its source. */
export interface Seen {
  /** In the model's order. */
  readonly frames: readonly { readonly camera: string; readonly stampNs: bigint }[];
  readonly jointsNs: bigint;
}

/** `atNs`: on the robot's clock. A decision has "begun", is "judged" where it was thought through, and becomes a Tick where it has not "failed". */
export type Instant =
  | ({
      readonly kind: "begun";
      readonly atNs: bigint;
      /** When its segment takes effect. */
      readonly effectNs: bigint;
      /** Of the planner, before it is asked. */
      readonly chance: RngState;
    } & Seen)
  | { readonly kind: "judged"; readonly atNs: bigint /** Of its plan. */; readonly candidates: number }
  | { readonly kind: "failed"; readonly atNs: bigint; readonly code: ErrorCode; readonly message: string }
  /** Nothing was decided: it looked how far the goal is, or it held and found nothing wrong. */
  | ({ readonly kind: "looked" | "held"; readonly atNs: bigint } & Seen)
  /** Somebody told the supervisor, which may have refused it. */
  | { readonly kind: "commanded"; readonly atNs: bigint; readonly who: string; readonly command: OperatorCommand }
  /** The arm braked or was held: from its start on this is commanded, whatever was decided before. */
  | { readonly kind: "overridden"; readonly atNs: bigint; readonly segment: Segment };

export const seenIn = ({ frames, joints }: Observation): Seen => ({
  frames: frames.map(({ camera, stampNs }) => ({ camera, stampNs })),
  jointsNs: joints.stampNs,
});
