import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { poseOf, type WorldState } from "../../../runtime/core/trial.ts";
import { flatDistanceM } from "../../../runtime/core/vec3.ts";
import { pushTrial } from "../../../skills/push/trial.ts";

const cube = ({ objects }: WorldState) => poseOf(objects, "cube").positionM;

test("a push goes straight: the thing further on by 8 cm at most, with the tool behind it, until it is there", () => {
  const trial = pushTrial(defaultScene, [0.3, 0.4]);
  for (let seed = 0; seed < 50; seed++) {
    const { start, goal } = trial.draw(createRng(seed));
    const way = trial.waypoints!(start, goal);
    assert.ok(trial.errorM(way.at(-1)!, goal) < 1e-9);
    for (const [i, waypoint] of way.entries()) assert.ok(flatDistanceM(cube(way[i - 1] ?? start), cube(waypoint)) <= 0.08 + 1e-9);
    const wayM = flatDistanceM(cube(start), cube(goal));
    for (const waypoint of way) {
      const behindM = flatDistanceM(waypoint.toolM, cube(waypoint));
      assert.ok(
        Math.abs(flatDistanceM(waypoint.toolM, cube(goal)) - flatDistanceM(cube(waypoint), cube(goal)) - behindM) < 1e-9,
        "on the line, behind it",
      );
      assert.ok(behindM < 0.09 && wayM >= 0.3 && waypoint.toolM[2] === start.toolM[2]);
    }
  }
});
