/** What the world looks like on the way of a push that goes straight, as somebody would tell it who knows how: for measuring what subgoals are worth when nobody has to find them. */
import { poseOf, type Waypoint, type WorldState } from "../../runtime/core/trial.ts";
import { flatDistanceM, type Vec3 } from "../../runtime/core/vec3.ts";

/** Of the thing from one to the next, at most: well within one trained push. */
const APART_M = 0.08;
/** Of the tool behind the middle of the thing that it pushes. */
const BEHIND_M = 0.05;

/** The thing further on each time, until it is there. */
export function waypoints(name: string, start: WorldState, goal: WorldState): readonly Waypoint[] {
  const from = poseOf(start.objects, name);
  const to = poseOf(goal.objects, name);
  const wayM = flatDistanceM(from.positionM, to.positionM);
  const count = Math.max(1, Math.ceil(wayM / APART_M));
  const way: Vec3 = [to.positionM[0] - from.positionM[0], to.positionM[1] - from.positionM[1], 0];
  const on = ([x, y, z]: Vec3, share: number): Vec3 => [x + share * way[0], y + share * way[1], z];
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / count;
    const thingM = on(from.positionM, share);
    const [x, y] = on(thingM, -BEHIND_M / wayM);
    const yawRad = from.yawRad + share * (to.yawRad - from.yawRad);
    return { ...start, toolM: [x, y, start.toolM[2]], objects: { ...start.objects, [name]: { positionM: thingM, yawRad } }, yawRad: 0 };
  });
}
