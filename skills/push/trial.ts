/** How push is tried: the thing is to move 6 to 15 cm and turn at most 0.3 rad, with the tool 7 to 16 cm from it in both pictures. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { type Place, placeOf } from "../../runtime/core/scene-layout.ts";
import { type MoveM, type Pose, poseOf, type TrialOf } from "../../runtime/core/trial.ts";
import { distanceM, flatDistanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { cubeArea, isWithin, pushArea } from "../../runtime/core/work-area.ts";
import { drawAnywhere, drawOthers, drawPair, drawPose, drawUntil, firstObject, isFree, told, toolPlace } from "../drawing.ts";
import { PUSH_TOOL_HEIGHT_M } from "./skill.ts";
import { waypoints } from "./waypoints.ts";

const MOVE_M: MoveM = [0.06, 0.15];
const TURN_RAD = 0.3;
const TOOL_AWAY_M = [0.07, 0.16] as const;

/** Throws AgentError `launch.invalid` for a scene without loose things, or whose first one was told to lie where it cannot be pushed. */
export const pushTrial: TrialOf = (scene, moveM = MOVE_M) => {
  const [name, object] = firstObject(scene, "push");
  if (object.at && !isPushable(object.at.centreM, scene))
    throw new AgentError("launch.invalid", `push: "${name}" lies outside the work area; move it, or backend.scene.area`);
  const { xM, yM } = pushArea(scene.area);
  const toolZM = scene.tableSurfaceM + PUSH_TOOL_HEIGHT_M;
  return {
    object: name,
    toolBox: { minM: [xM[0], yM[0], toolZM], maxM: [xM[1], yM[1], toolZM] },
    draw(rng) {
      const taken = told(scene, name);
      const [start, goal] = drawPair(
        () => drawPose(rng, scene, object, taken),
        ({ yawRad }) => ({ ...drawAnywhere(rng, scene, object, taken), yawRad: yawRad + rng.between(-TURN_RAD, TURN_RAD) }),
        (from, to) => isWithin(distanceM(from.positionM, to.positionM), moveM),
      );
      const [startToolM, goalToolM] = [drawToolNear(rng, scene, start, taken), drawToolNear(rng, scene, goal, taken)];
      const others = drawOthers(rng, scene, name, [
        ...[start, goal].map((pose) => placeOf(object, pose)),
        ...[startToolM, goalToolM].map(toolPlace),
      ]);
      return {
        start: { objects: { [name]: start, ...others }, toolM: startToolM },
        goal: { objects: { [name]: goal, ...others }, toolM: goalToolM },
      };
    },
    errorM: (now, goal) => flatDistanceM(poseOf(now.objects, name).positionM, poseOf(goal.objects, name).positionM),
    successM: 0.025,
    waypoints: (start, goal) => waypoints(name, start, goal),
  };
};

function isPushable([x, y]: readonly [number, number], { area }: SceneSpec): boolean {
  const { xM, yM } = cubeArea(area);
  return isWithin(x, xM) && isWithin(y, yM);
}

function drawToolNear(rng: Rng, scene: SceneSpec, { positionM: [x, y] }: Pose, taken: readonly Place[]): Vec3 {
  const { xM, yM } = pushArea(scene.area);
  const zM = scene.tableSurfaceM + PUSH_TOOL_HEIGHT_M;
  return drawUntil(
    () => {
      const angle = rng.between(-Math.PI, Math.PI);
      const radiusM = rng.between(...TOOL_AWAY_M);
      return [x + radiusM * Math.cos(angle), y + radiusM * Math.sin(angle), zM] as const;
    },
    (toolM) => isWithin(toolM[0], xM) && isWithin(toolM[1], yM) && isFree(scene, toolPlace(toolM), taken),
  );
}
