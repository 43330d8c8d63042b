/** What may happen to a thing in a film, possible or not: where it and its doubles are put after every beat, whatever physics had made of them. */
import type { SceneSpec } from "../../../runtime/core/scene.ts";
import { lying } from "../../../runtime/core/scene-layout.ts";
import { tableFrame } from "../../../runtime/core/table.ts";
import { type Pose, poseOf, type WorldState } from "../../../runtime/core/trial.ts";
import { flatDistanceM } from "../../../runtime/core/vec3.ts";
import { isWithin } from "../../../runtime/core/work-area.ts";

/** The world when an event begins. */
export interface Setting {
  readonly scene: SceneSpec;
  /** What the event is about, and two more that nobody has seen: one like it, one of another colour. */
  readonly thing: string;
  readonly double: string;
  readonly otherColour: string;
  readonly truth: WorldState;
}

/** put: once, and physics goes on with it; haunted: told anew after every beat, and touching nothing. */
export interface Move {
  readonly kind: "put" | "haunted";
  readonly thing: string;
  readonly pose: Pose;
}

/** What is done after the beat that ends so many seconds after the beginning. */
export type Happening = (elapsedS: number) => readonly Move[];

export interface PhysicsEvent {
  /** What of intuitive physics it breaks, in the field's word. */
  readonly property: string;
  readonly what: string;
  /**
   * The first decision that can see it, where an untouched film of `decisions` states gives an occasion that lasts for a window of so many decisions; null where
   * it gives none.
   */
  occasion(film: readonly WorldState[], windowDecisions: number, thing: string): number | null;
  begin(setting: Setting): Happening;
}

/** Decisions of a film before anything may happen. */
export const PAST_DECISIONS = 6;

/** Whenever there is past enough. */
export const anywhere: PhysicsEvent["occasion"] = (film, windowDecisions) =>
  film.length >= PAST_DECISIONS + windowDecisions ? PAST_DECISIONS : null;

/** The first decision of which `suits` is true of the states from the one before it to the end of its window. */
export const occasionWhere =
  (suits: (states: readonly WorldState[], thing: string) => boolean): PhysicsEvent["occasion"] =>
  (film, windowDecisions, thing) => {
    for (let first = PAST_DECISIONS; first + windowDecisions <= film.length; first++)
      if (suits(film.slice(first - 1, first + windowDecisions), thing)) return first;
    return null;
  };

/** How far a thing comes from the first of these states to the last, metres. */
export const wayM = (states: readonly WorldState[], thing: string): number =>
  flatDistanceM(poseOf(states[0]!.objects, thing).positionM, poseOf(states.at(-1)!.objects, thing).positionM);

/** Moves that are made at once, with which physics goes on. */
export function once(...poses: readonly (readonly [string, Pose])[]): Happening {
  let left = poses.map(([thing, pose]): Move => ({ kind: "put", thing, pose }));
  return () => {
    const now = left;
    left = [];
    return now;
  };
}

/** Under the floor, where no camera sees it. */
export const outOfSight = ({ scene: { tableSurfaceM }, truth, thing }: Setting): Pose => ({
  ...poseOf(truth.objects, thing),
  positionM: [0, 0, tableSurfaceM - 3],
});

/** On the table, so far from where the thing is, metres: of the four places along the table's sides the one in the work area that is furthest from the tool. */
export function placeBeside({ scene, truth, thing }: Setting, awayM: number): Pose {
  const { fromBase, toBase } = tableFrame(scene.table);
  const { positionM, yawRad } = poseOf(truth.objects, thing);
  const [x, y] = fromBase(positionM);
  const tool = fromBase(truth.toolM);
  const places = [
    [x + awayM, y],
    [x - awayM, y],
    [x, y + awayM],
    [x, y - awayM],
  ] as const;
  const { xM, yM } = scene.area;
  const inside = places.filter(([px, py]) => isWithin(px, xM) && isWithin(py, yM));
  const fromToolM = ([px, py]: readonly [number, number]): number => Math.hypot(px - tool[0], py - tool[1]);
  const centreM = [...(inside.length > 0 ? inside : places)].sort((a, b) => fromToolM(b) - fromToolM(a))[0]!;
  return { positionM: toBase(lying(scene, scene.objects[thing]!, { centreM, yawRad: 0 }).positionM), yawRad };
}
