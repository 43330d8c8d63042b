/** How reach is played to learn it: the tool goes to one place after another, with more or less noise, and does not always arrive. */
import { along, type PlayOf, type ScriptedPlayer } from "../../runtime/core/play.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { distanceM, type Vec3 } from "../../runtime/core/vec3.ts";
import { middleOf, reachArea } from "../../runtime/core/work-area.ts";
import { clampUnit, onTable } from "../playing.ts";

const ARRIVED_M = 0.012;

export const reachPlay: PlayOf = (scene) => ({
  player: (rng, { stepM }) => onTable(scene, createReachPlayer(rng, stepM, scene)),
  goesOn: () => true,
});

function createReachPlayer(rng: Rng, stepM: number, { area, tableSurfaceM }: SceneSpec): ScriptedPlayer {
  const { xM, yM, heightM } = reachArea(area);
  let target: Vec3 = [middleOf(xM), middleOf(yM), tableSurfaceM + middleOf(heightM)];
  let stepsLeft = 0;
  let noise = 0.1;
  return ({ toolM }) => {
    const left = distanceM(target, toolM);
    if (stepsLeft-- <= 0 || left < ARRIVED_M) {
      target = [rng.between(...xM), rng.between(...yM), tableSurfaceM + rng.between(...heightM)];
      stepsLeft = Math.ceil(rng.between(3, 20));
      noise = rng.uniform() < 0.5 ? 0.05 : rng.between(0.1, 0.6);
    }
    const delta = [target[0] - toolM[0], target[1] - toolM[1], target[2] - toolM[2]];
    const scale = 1 / Math.max(stepM, Math.hypot(...delta));
    return along([0, 1, 2].map((axis) => clampUnit(delta[axis]! * scale + noise * rng.normal())) as [number, number, number]);
  };
}
