/** What the trials of several skills draw alike: things that lie on the table, and whatever is drawn again until it fits. */
import { AgentError } from "../runtime/core/errors.ts";
import type { Rng } from "../runtime/core/rng.ts";
import type { SceneObject, SceneSpec } from "../runtime/core/scene.ts";
import { isApart, isClear, lying, type Place, placeOf } from "../runtime/core/scene-layout.ts";
import { halfHeightM } from "../runtime/core/shape.ts";
import type { Objects, Pose } from "../runtime/core/trial.ts";
import type { Vec3 } from "../runtime/core/vec3.ts";

const DRAWS_MAX = 10_000;
/** Starts that are tried, and goals of each, before nothing fits. */
const STARTS_MAX = 100;
const GOALS_MAX = 1000;
/** What the hand takes up around the tool point. */
const TOOL_RADIUS_M = 0.04;

/** The thing that a task is about: the first of the scene. Throws AgentError `launch.invalid` where there is none. */
export function firstObject({ objects }: SceneSpec, skill: string): readonly [string, SceneObject] {
  const [first] = Object.entries(objects);
  if (first) return first;
  throw new AgentError("launch.invalid", `${skill}: the scene has no loose thing; add one to backend.scene.objects`);
}

/** Where a thing lies at the start: where it was told to, else somewhere in the work area, clear of what is fixed and what is taken, turned anyhow. */
export const drawPose = (rng: Rng, scene: SceneSpec, object: SceneObject, taken: readonly Place[]): Pose =>
  object.at ? lying(scene, object, object.at) : drawAnywhere(rng, scene, object, taken);

export function drawAnywhere(rng: Rng, scene: SceneSpec, object: SceneObject, taken: readonly Place[]): Pose {
  const { xM, yM } = scene.area;
  return drawUntil(
    () => lying(scene, object, { centreM: [rng.between(...xM), rng.between(...yM)], yawRad: rng.between(-Math.PI, Math.PI) }),
    (pose) => isFree(scene, placeOf(object, pose), taken),
  );
}

/** Every loose thing but the named one, apart from each other and from what is taken. */
export function drawOthers(rng: Rng, scene: SceneSpec, name: string | null, taken: readonly Place[]): Objects {
  const poses: Record<string, Pose> = {};
  const places = [...taken, ...told(scene, name)];
  for (const [other, object] of Object.entries(scene.objects)) {
    if (other === name) continue;
    const pose = drawPose(rng, scene, object, places);
    poses[other] = pose;
    if (!object.at) places.push(placeOf(object, pose));
  }
  return poses;
}

/** Places of the things, but the named one, that were told where to lie. */
export const told = (scene: SceneSpec, name: string | null): readonly Place[] =>
  Object.entries(scene.objects).flatMap(([other, object]) =>
    other === name || !object.at ? [] : [placeOf(object, lying(scene, object, object.at))],
  );

/** The place of a hand that points down. */
export const toolPlace = ([x, y]: Vec3): Place => ({ centreM: [x, y], radiusM: TOOL_RADIUS_M });

export const isFree = (scene: SceneSpec, place: Place, taken: readonly Place[]): boolean =>
  isClear(scene, place) && taken.every((other) => isApart(place, other));

/** Whether the hand at a tool point is over or beside everything, fixed or loose. */
export function isToolFree(scene: SceneSpec, toolM: Vec3, objects: Objects): boolean {
  const heightM = toolM[2] - scene.tableSurfaceM;
  const inTheWay = Object.entries(objects).filter(([name]) => 2 * halfHeightM(scene.objects[name]!.shape) >= heightM);
  return (
    isClear(scene, toolPlace(toolM), heightM) &&
    inTheWay.every(([name, pose]) => isApart(placeOf(scene.objects[name]!, pose), toolPlace(toolM)))
  );
}

/** A start, and a goal that fits it: from the middle of a table nothing is far, so another start is drawn where none does. Throws AgentError `goal.unreachable`. */
export function drawPair<T>(drawStart: () => T, drawGoal: (start: T) => T, fits: (start: T, goal: T) => boolean): readonly [T, T] {
  for (let attempt = 0; attempt < STARTS_MAX; attempt++) {
    const start = drawStart();
    for (let draw = 0; draw < GOALS_MAX; draw++) {
      const goal = drawGoal(start);
      if (fits(start, goal)) return [start, goal];
    }
  }
  throw new AgentError(
    "goal.unreachable",
    `trial: no start and goal fit in ${STARTS_MAX * GOALS_MAX} draws; make backend.moveM shorter or backend.scene.area larger`,
  );
}

/** Throws AgentError `goal.unreachable` when nothing fits. */
export function drawUntil<T>(sample: () => T, accept: (value: T) => boolean): T {
  for (let attempt = 0; attempt < DRAWS_MAX; attempt++) {
    const value = sample();
    if (accept(value)) return value;
  }
  throw new AgentError(
    "goal.unreachable",
    `trial: nothing fits in ${DRAWS_MAX} draws; make backend.scene.area larger or the scene emptier`,
  );
}
