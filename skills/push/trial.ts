/** How push is tried: the cube is to move 6 to 15 cm and turn at most 0.3 rad, with the tool 7 to 16 cm from it in both pictures. */
import type { Rng } from "../../runtime/core/rng.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { type Pose, poseOf, type TrialSpec } from "../../runtime/core/trial.ts";
import { distanceM, flatDistanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { isWithin, pushArea } from "../../runtime/core/work-area.ts";
import { drawCube, drawUntil } from "../drawing.ts";
import { PUSH_TOOL_HEIGHT_M } from "./skill.ts";

const OBJECT = "cube";

export const pushTrial: TrialSpec = {
  object: OBJECT,
  draw(rng, scene) {
    const start = drawCube(rng, scene);
    const goal = drawUntil(
      () => ({ ...drawCube(rng, scene), yawRad: start.yawRad + rng.between(-0.3, 0.3) }),
      (cube) => isWithin(distanceM(cube.positionM, start.positionM), [0.06, 0.15]),
    );
    return {
      start: { objects: { [OBJECT]: start }, toolM: drawToolNear(rng, scene, start) },
      goal: { objects: { [OBJECT]: goal }, toolM: drawToolNear(rng, scene, goal) },
    };
  },
  toolBox({ area, tableSurfaceM }) {
    const { xM, yM } = pushArea(area);
    const zM = tableSurfaceM + PUSH_TOOL_HEIGHT_M;
    return { minM: [xM[0], yM[0], zM], maxM: [xM[1], yM[1], zM] };
  },
  errorM: (now, goal) => flatDistanceM(poseOf(now.objects, OBJECT).positionM, poseOf(goal.objects, OBJECT).positionM),
  successM: 0.025,
};

function drawToolNear(rng: Rng, { area, tableSurfaceM }: SceneSpec, cube: Pose): Vec3 {
  const { xM, yM } = pushArea(area);
  const zM = tableSurfaceM + PUSH_TOOL_HEIGHT_M;
  return drawUntil(
    () => {
      const angle = rng.between(-Math.PI, Math.PI);
      const radiusM = rng.between(0.07, 0.16);
      const [x, y] = cube.positionM;
      return [x + radiusM * Math.cos(angle), y + radiusM * Math.sin(angle), zM] as const;
    },
    ([x, y]) => isWithin(x, xM) && isWithin(y, yM),
  );
}
