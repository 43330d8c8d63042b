/** What goes into the channel table, news of a run, and what comes out of it: messages on topics. */
import type { CameraSpec, Frame } from "../../core/sensing.ts";
import type { NewsKind, Told } from "../../core/tap.ts";
import type { PictureFormat } from "./picture-formats.ts";
import type { SchemaName } from "./schemas.ts";

/** What is known of a run before anything is sensed. */
export interface RunFacts {
  readonly robot: string;
  /** Names of the joints, in the order of every list of joints. */
  readonly joints: readonly string[];
  readonly cameras: readonly CameraSpec[];
  readonly mode: "lockstep" | "realtime";
  /** Whether it begins and ends with its task, or waits to be told. */
  readonly ends: "with-task" | "when-told";
  /** Whether it is told from its first moment (default) or from one within. */
  readonly begins?: "with-run" | "within-run";
  readonly periodS: number;
  /** From a decision to the start of its segment. */
  readonly leadMs: number;
  readonly modelName: string;
  readonly modelHash: string;
  /** The launch configuration, without secrets. */
  readonly config: unknown;
  /** Of foresight. */
  readonly version: string;
  /** Time of day at the start, ISO 8601 in UTC; all other stamps are on the robot's clock. */
  readonly startedAt: string;
}

/** What a tap is told and when, on the robot's clock; before it, once, the facts. */
export type News =
  | { readonly kind: "begin"; readonly what: RunFacts; readonly atNs: bigint }
  | { readonly [Kind in NewsKind]: { readonly kind: Kind; readonly what: Told<Kind>; readonly atNs: bigint } }[NewsKind];

export interface PictureToEncode {
  readonly frame: Frame;
  readonly format: PictureFormat;
}

export interface Message {
  readonly topic: string;
  readonly schema: SchemaName;
  /** When it happened, as its source says. */
  readonly stampNs: bigint;
  /** When we learnt of it, on our monotonic clock. */
  readonly receivedNs: bigint;
  /** JSON in UTF-8, made when it is asked for: a message that nobody hears costs nothing. */
  readonly data: () => Uint8Array | Promise<Uint8Array>;
  /** What `data` would encode, for whoever does it in another thread. */
  readonly picture?: PictureToEncode;
}
