/** What is taken over from a URDF or MJCF: text that MuJoCo compiles without meshes, and what MuJoCo does not keep of it. */
import type { Misfit } from "./inertials.ts";
import type { Element, Place } from "./xml.ts";

/** What a URDF says of a joint and MuJoCo does not keep; null where it says nothing, or nothing that can be a bound. */
export interface JointLimits {
  readonly velocityMaxRadPerS: number | null;
  readonly torqueMaxNm: number | null;
  readonly isContinuous: boolean;
}

/** A joint that goes where another one goes. */
export interface Follower {
  readonly joint: string;
  readonly leader: string;
  readonly how: "mimic" | "equality";
  /** It is where the leader is, times this, and so much further: in the joints' own units. */
  readonly ratio: number;
  readonly offset: number;
}

/** Two bodies that are held together beside the tree. */
export interface Loop {
  readonly bodies: readonly [string, string];
  readonly place: Place;
}

/** What is wrong with a link's inertia; it matters where the link moves. */
export interface SourceInertia {
  readonly place: Place;
  /** In words, where there is no mass to be had. */
  readonly lacking: string | null;
  readonly misfit: Misfit | null;
}

export interface LeftOut {
  /** "a mesh", "a box of size 0" */
  readonly what: string;
  readonly body: string;
  readonly place: Place;
}

export interface Source {
  readonly format: "URDF" | "MJCF";
  /** Compiles without any file but `files`; inertias that no body has are mended in it. */
  readonly xml: string;
  /** Where line n - 1 of it was written. */
  readonly places: readonly Place[];
  /** Meshes that are needed for what they weigh: the name in `xml`, and where they are. */
  readonly files: ReadonlyMap<string, string>;
  /** By joint; empty for MJCF. */
  readonly limits: ReadonlyMap<string, JointLimits>;
  readonly follows: readonly Follower[];
  readonly loops: readonly Loop[];
  /** By link. */
  readonly inertias: ReadonlyMap<string, SourceInertia>;
  /** The file itself says that such inertias shall be mended. */
  readonly mendsInertias: boolean;
  readonly leftOut: readonly LeftOut[];
  /** What was taken for something else, for people. */
  readonly notes: readonly string[];
}

/** What has so little mass was given it by MuJoCo, on our word, because it has none. */
export const NO_MASS_KG = 1e-9;
/** Fixed links stay links; what has no mass gets so little that it is found afterwards. */
export const COMPILER = { fusestatic: "false", balanceinertia: "false", boundmass: "1e-12", boundinertia: "1e-15" } as const;
/** A frame that somebody gave a mass because a program asked for one. */
export const NEGLIGIBLE_KG = 1e-3;

export const isXacro = ({ tag, attributes }: Element): boolean =>
  tag.startsWith("xacro:") || Object.values(attributes).some((value) => /[$][({]/.test(value));
