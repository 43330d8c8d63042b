/** Scripted play: how a simulated arm gains the experience that a skill is learned from. It may look at true poses to choose where to go, never to label data. */
import type { AxisName } from "./model.ts";
import type { Rng } from "./rng.ts";
import type { SceneSpec } from "./scene.ts";
import type { WorldState } from "./trial.ts";
import type { Vec3 } from "./vec3.ts";

/** The wanted share of a step along each axis, base frame, each in [-1, 1]; an axis that is not named is left as it is. */
export type Wanted = Readonly<Partial<Record<AxisName, number>>>;
export type ScriptedPlayer = (sight: Sight) => Wanted;

/** What a player looks at: where everything is, and, where somebody asks, how its own hand is turned about the vertical, radians. */
export interface Sight extends WorldState {
  readonly yawRad?: number;
}

/** What an action of 1 is. */
export interface Steps {
  readonly stepM: number;
  readonly turnRad: number;
}

/** A tool displacement in units of one step, shape (3). */
export const along = ([x, y, z]: Vec3): Wanted => ({ x, y, z });

export interface PlaySpec {
  player(rng: Rng, steps: Steps): ScriptedPlayer;
  /** False ends the episode: what is left teaches nothing. */
  goesOn(sight: WorldState): boolean;
}

/** A skill's play in a scene. Throws AgentError `launch.invalid` for a scene in which it cannot be played. */
export type PlayOf = (scene: SceneSpec) => PlaySpec;
