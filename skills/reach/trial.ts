/** How reach is tried: start and goal of the tool at least 8 cm apart in three dimensions; the cube stays where it lies. */
import type { TrialSpec } from "../../runtime/core/trial.ts";
import { distanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { drawCube, drawUntil } from "../drawing.ts";

export const reachTrial: TrialSpec = {
  object: null,
  draw(rng, scene) {
    const { area, tableSurfaceM } = scene;
    const objects = { cube: drawCube(rng, scene) };
    const drawTool = (): Vec3 => [rng.between(...area.xM), rng.between(...area.yM), tableSurfaceM + rng.between(...area.heightM)];
    const startToolM = drawTool();
    const goalToolM = drawUntil(drawTool, (toolM) => distanceM(toolM, startToolM) >= 0.08);
    return { start: { toolM: startToolM, objects }, goal: { toolM: goalToolM, objects } };
  },
  toolBox: ({ area: { xM, yM, heightM }, tableSurfaceM }) => ({
    minM: [xM[0], yM[0], tableSurfaceM + heightM[0]],
    maxM: [xM[1], yM[1], tableSurfaceM + heightM[1]],
  }),
  errorM: (now, goal) => distanceM(now.toolM, goal.toolM),
  successM: 0.02,
};
