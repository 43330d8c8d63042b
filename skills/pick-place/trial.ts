/** How pick-place is tried: the thing is to end 8 to 20 cm from where it lay, released and on the table; the hand is open and above it in both pictures. */
import type { Rng } from "../../runtime/core/rng.ts";
import { type Place, placeOf } from "../../runtime/core/scene-layout.ts";
import { halfHeightM } from "../../runtime/core/shape.ts";
import { type MoveM, type Objects, poseOf, type TrialOf, type WorldState } from "../../runtime/core/trial.ts";
import { distanceM, flatDistanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { isWithin } from "../../runtime/core/work-area.ts";
import { drawAnywhere, drawOthers, drawPair, drawPose, drawUntil, firstObject, isToolFree, told } from "../drawing.ts";
import { gripWidthM } from "./grip.ts";
import { waypoints } from "./waypoints.ts";

const MOVE_M: MoveM = [0.08, 0.2];
/** Of the tool, above the top of the thing. */
const CLEAR_M = 0.06;
/** A thing is in the hand while it is no further from the tool point, and the fingers are no wider than it. */
const IN_HAND_M = 0.04;
const FINGERS_SLACK_M = 0.006;
/** The fingers are at a thing while the tool point is no further from it. */
const REACHED_M = 0.04;
/** Off the table, and so near over its goal that it is carried there. */
const LIFTED_M = 0.03;
const CARRIED_M = 0.04;
/** What is still held counts as so far away at least: nobody knows where it will lie. */
const HELD_ERROR_M = 0.05;

/** Throws AgentError `launch.invalid` for a scene without loose things, or whose first one no hand can span. */
export const pickPlaceTrial: TrialOf = (scene, moveM = MOVE_M) => {
  const [name, object] = firstObject(scene, "pick-place");
  const widthM = gripWidthM(object.shape, name);
  const { area, tableSurfaceM } = scene;
  const lowM = Math.max(area.heightM[0], 2 * halfHeightM(object.shape) + CLEAR_M);
  const highM = Math.max(area.heightM[1], lowM);
  const drawTool = (rng: Rng, objects: Objects): Vec3 =>
    drawUntil(
      () => [rng.between(...area.xM), rng.between(...area.yM), tableSurfaceM + rng.between(lowM, highM)],
      (toolM) => isToolFree(scene, toolM, objects),
    );
  const isHeld = ({ toolM, objects, openingM }: WorldState): boolean =>
    openingM !== undefined && openingM < widthM + FINGERS_SLACK_M && distanceM(toolM, poseOf(objects, name).positionM) < IN_HAND_M;
  const thing = ({ objects }: WorldState): Vec3 => poseOf(objects, name).positionM;
  const offM = (now: WorldState, goal: WorldState): number => distanceM(thing(now), thing(goal));
  const successM = 0.025;
  return {
    object: name,
    hand: "open",
    toolBox: {
      minM: [area.xM[0], area.yM[0], tableSurfaceM + halfHeightM(object.shape)],
      maxM: [area.xM[1], area.yM[1], tableSurfaceM + highM],
    },
    draw(rng) {
      const taken: readonly Place[] = told(scene, name);
      const [start, goal] = drawPair(
        () => drawPose(rng, scene, object, taken),
        () => drawAnywhere(rng, scene, object, taken),
        (from, to) => isWithin(distanceM(from.positionM, to.positionM), moveM),
      );
      const others = drawOthers(rng, scene, name, [...taken, ...[start, goal].map((pose) => placeOf(object, pose))]);
      const [before, after] = [start, goal].map((pose) => ({ [name]: pose, ...others }));
      return { start: { objects: before!, toolM: drawTool(rng, before!) }, goal: { objects: after!, toolM: drawTool(rng, after!) } };
    },
    errorM(now, goal) {
      return isHeld(now) ? Math.max(offM(now, goal), HELD_ERROR_M) : offM(now, goal);
    },
    successM,
    waypoints: (start, goal) => waypoints({ name, shape: object.shape, widthM }, start, goal),
    stages: [
      { name: "reached", holds: (now) => distanceM(now.toolM, thing(now)) < REACHED_M },
      { name: "fingers around", holds: isHeld },
      { name: "lifted", holds: (now, goal) => isHeld(now) && thing(now)[2] > thing(goal)[2] + LIFTED_M },
      { name: "carried", holds: (now, goal) => isHeld(now) && flatDistanceM(thing(now), thing(goal)) < CARRIED_M },
      { name: "placed", holds: (now, goal) => offM(now, goal) <= successM },
      { name: "released", holds: (now, goal) => offM(now, goal) <= successM && !isHeld(now) },
    ],
  };
};
