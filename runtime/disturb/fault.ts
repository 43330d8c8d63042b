/** A fault as users write it: which, when, of what, by how much. And what a kind of fault is. */
import type { Disturbance } from "./disturbance.ts";

export interface FaultSpec {
  /** Name in the catalogue. */
  readonly fault: string;
  /** Seconds since the run began. */
  readonly fromS: number;
  /** Seconds; to the end where absent. */
  readonly forS?: number | undefined;
  /** Of which camera or joint; the first where absent. */
  readonly of?: string | undefined;
  /** How much, in the unit of its kind. */
  readonly by?: number | undefined;
}

/** One fault with its defaults filled in. */
export interface Occasion {
  readonly fromS: number;
  readonly toS: number;
  readonly isOn: (atS: number) => boolean;
  /** Camera or joint, as the kind has it. */
  readonly of: string;
  /** Of the joint `of`. */
  readonly joint: number;
  /** The other camera, for what is exchanged. */
  readonly other: string;
  readonly by: number;
}

/** What there is to be disturbed. */
export interface Disturbed {
  readonly cameras: readonly string[];
  readonly joints: readonly string[];
}

export interface FaultKind {
  /** One sentence for people. */
  readonly about: string;
  readonly of?: "camera" | "joint";
  /** What `by` is, where it is anything. */
  readonly by?: { readonly unit: string; readonly usually: number };
  readonly make: (occasion: Occasion) => Disturbance;
}
