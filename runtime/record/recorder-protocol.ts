/** What the recorder and its thread tell each other. */
import type { PictureToEncode } from "./channels/message.ts";
import type { Layout } from "./mcap/layout.ts";
import type { Written } from "./recording-files.ts";

/** Where a recording goes and when it stops. */
export interface Keeping {
  /** Null: nothing is recorded but what `last` saves. */
  readonly file: string | null;
  /** Replace a recording that is there; what is no recording is never replaced. */
  readonly force: boolean;
  /** The recording goes on in another file after so much. */
  readonly splitBytes: number;
  readonly splitS: number;
  /** Recording stops when less of the disk is free; the arm goes on. */
  readonly minFreeBytes: number;
  /** Keeps the newest seconds in memory; null for none. */
  readonly last: { readonly seconds: number; readonly folder: string } | null;
}

export interface RecorderSetup extends Keeping {
  readonly layout: Layout;
}

/** A message whose bytes are there, or a picture that the thread encodes. */
export interface Posted {
  readonly topic: string;
  readonly stampNs: bigint;
  readonly receivedNs: bigint;
  readonly content: Uint8Array | PictureToEncode;
}

/** What became of a wish to save the newest seconds. */
export interface Saved {
  /** Null where it could not be. */
  readonly file: string | null;
  readonly said: string;
}

export type ToThread =
  /** Of one piece of news. */
  | { readonly kind: "write"; readonly messages: readonly Posted[]; readonly bytes: number }
  | { readonly kind: "save"; readonly id: number; readonly name: string }
  | { readonly kind: "finish"; readonly dropped: number };

export type FromThread =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "written"; readonly bytes: number }
  /** On the disk. */
  | { readonly kind: "grown"; readonly bytes: number }
  /** Recording ended before the run did. */
  | { readonly kind: "stopped"; readonly why: string }
  | ({ readonly kind: "saved"; readonly id: number } & Saved)
  | { readonly kind: "finished"; readonly files: readonly Written[]; readonly decisions: number; readonly dropped: number };
