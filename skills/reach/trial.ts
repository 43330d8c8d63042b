/** How reach is tried: start and goal of the tool at least 8 cm apart in three dimensions; everything else stays where it lies. */
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { TrialOf, TrialSpec } from "../../runtime/core/trial.ts";
import { distanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { drawOthers, drawUntil, isToolFree } from "../drawing.ts";

const APART_M = 0.08;

export const reachTrial: TrialOf = (scene) => ({
  object: null,
  toolBox: boxOf(scene),
  draw(rng) {
    const { area, tableSurfaceM } = scene;
    const objects = drawOthers(rng, scene, null, []);
    const drawTool = (): Vec3 =>
      drawUntil(
        () => [rng.between(...area.xM), rng.between(...area.yM), tableSurfaceM + rng.between(...area.heightM)],
        (toolM) => isToolFree(scene, toolM, objects),
      );
    const startToolM = drawTool();
    const goalToolM = drawUntil(drawTool, (toolM) => distanceM(toolM, startToolM) >= APART_M);
    return { start: { toolM: startToolM, objects }, goal: { toolM: goalToolM, objects } };
  },
  errorM: (now, goal) => distanceM(now.toolM, goal.toolM),
  successM: 0.02,
});

const boxOf = ({ area: { xM, yM, heightM }, tableSurfaceM }: SceneSpec): TrialSpec["toolBox"] => ({
  minM: [xM[0], yM[0], tableSurfaceM + heightM[0]],
  maxM: [xM[1], yM[1], tableSurfaceM + heightM[1]],
});
