/** How reach is tried: start and goal of the tool at least 8 cm apart in three dimensions; everything else stays where it lies. */
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { MoveM, TrialOf, TrialSpec } from "../../runtime/core/trial.ts";
import { distanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { isWithin } from "../../runtime/core/work-area.ts";
import { drawOthers, drawPair, drawUntil, isToolFree } from "../drawing.ts";

const MOVE_M: MoveM = [0.08, Number.POSITIVE_INFINITY];

export const reachTrial: TrialOf = (scene, moveM = MOVE_M) => ({
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
    const [startToolM, goalToolM] = drawPair(drawTool, drawTool, (from, to) => isWithin(distanceM(from, to), moveM));
    return { start: { toolM: startToolM, objects }, goal: { toolM: goalToolM, objects } };
  },
  errorM: (now, goal) => distanceM(now.toolM, goal.toolM),
  successM: 0.02,
});

const boxOf = ({ area: { xM, yM, heightM }, tableSurfaceM }: SceneSpec): TrialSpec["toolBox"] => ({
  minM: [xM[0], yM[0], tableSurfaceM + heightM[0]],
  maxM: [xM[1], yM[1], tableSurfaceM + heightM[1]],
});
