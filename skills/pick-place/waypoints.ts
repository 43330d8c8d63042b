/** What the world looks like on the way of a pick-and-place, as somebody would tell it who knows how: for measuring what subgoals are worth when nobody has to find them. */
import { poseOf, type Waypoint, type WorldState } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import type { Thing } from "./errands.ts";
import { gripTurnRad } from "./grip.ts";

/** Of the tool above the thing, and of the thing above the table. */
const ABOVE_M = 0.1;
/** Fingers that hold nothing. */
const OPEN_M = 0.08;

/** Over the thing, at it, around it, lifted, over the place, set down, let go, and up again. */
export function waypoints(
  { name, shape, widthM }: Pick<Thing, "name" | "shape" | "widthM">,
  start: WorldState,
  goal: WorldState,
): readonly Waypoint[] {
  const from = poseOf(start.objects, name);
  const to = poseOf(goal.objects, name);
  const turnRad = gripTurnRad(shape, from.yawRad, 0);
  const state = (thingM: Vec3, openingM: number, overM = 0): Waypoint => ({
    toolM: [thingM[0], thingM[1], thingM[2] + overM],
    objects: { ...start.objects, [name]: { positionM: thingM, yawRad: from.yawRad } },
    openingM,
    yawRad: turnRad,
  });
  const above = ([x, y, z]: Vec3): Vec3 => [x, y, z + ABOVE_M];
  return [
    state(from.positionM, OPEN_M, ABOVE_M),
    state(from.positionM, OPEN_M),
    state(from.positionM, widthM),
    state(above(from.positionM), widthM),
    state(above(to.positionM), widthM),
    state(to.positionM, widthM),
    state(to.positionM, OPEN_M),
    state(to.positionM, OPEN_M, ABOVE_M),
  ];
}
