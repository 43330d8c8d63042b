/** The instants of a decision, and what it looked at: with what was sensed, all that is needed to make it again. */
import type { Order } from "./desk.ts";
import type { ErrorCode } from "./errors.ts";
import type { Segment } from "./motion.ts";
import type { RngState } from "./rng.ts";
import type { Observation } from "./sensing.ts";

/** Which observation, by the stamps of its source. */
export interface Seen {
  /** In the model's order. */
  readonly frames: readonly { readonly camera: string; readonly stampNs: bigint }[];
  readonly jointsNs: bigint;
}

/** What was told at the desk, and when. Pictures of a goal are told as the goal is, right behind it. */
export type Told = { readonly atNs: bigint } & (
  | Exclude<Order, { readonly kind: "shown" }>
  | { readonly kind: "shown"; readonly who: string; readonly cameras: readonly string[] }
);

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
  | {
      readonly kind: "judged";
      readonly atNs: bigint;
      /** Of its plan. */
      readonly candidates: number;
      /** What memory offered the planner, each of shape (horizon, actionDim); absent: nothing. */
      readonly offered?: readonly ArrayLike<number>[] | undefined;
    }
  | { readonly kind: "failed"; readonly atNs: bigint; readonly code: ErrorCode; readonly message: string }
  /** Nothing was decided: it looked how far the goal is, or it held and found nothing wrong. */
  | ({ readonly kind: "looked" | "held"; readonly atNs: bigint } & Seen)
  /** An attempt of a skill may begin: its solver and its goal are there. */
  | { readonly kind: "prepared"; readonly atNs: bigint }
  | Told
  /** A motion that no decision sent: a brake, a hold, a joint moved by hand, giving way after a touch. From its start on it is commanded. */
  | { readonly kind: "overridden"; readonly atNs: bigint; readonly segment: Segment };

/** Whether it was told at the desk. */
export const isTold = (instant: Instant): instant is Told => "who" in instant;

export const toldAt = (order: Order, atNs: bigint): Told => {
  if (order.kind !== "shown") return { atNs, ...order };
  const { kind, who, frames } = order;
  return { kind, atNs, who, cameras: frames.map(({ camera }) => camera) };
};

export const seenIn = ({ frames, joints }: Observation): Seen => ({
  frames: frames.map(({ camera, stampNs }) => ({ camera, stampNs })),
  jointsNs: joints.stampNs,
});
