/** The trial that a seed stands for where worlds differ from seed to seed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../launch/config/load.ts";
import { drawnTrial } from "../../launch/drawn-trial.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { halfHeightM } from "../../runtime/core/shape.ts";
import { distanceM } from "../../runtime/core/vec3.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { trialFor } from "../helpers/trials.ts";

const seeds = Array.from({ length: 30 }, (_, seed) => seed);

test("things lie on the table by their own height, at the start and at the goal, and what they are is judged", async () => {
  using kinematics = await createKinematics(pandaSpec);
  for (const launch of ["launch/panda-push.launch.yaml", "launch/panda-pick-place.launch.yaml"]) {
    const config = loadLaunch(launch, ["backend.vary:={ bodies: {} }"]);
    const heights = seeds.map((seed) => {
      const { trial, scene, spec } = drawnTrial(config, seed, { robot: pandaSpec, kinematics });
      const halfM = halfHeightM(scene.objects["cube"]!.shape);
      for (const { objects } of [trial.start, trial.goal]) assert.ok(Math.abs(objects["cube"]!.positionM[2] - halfM) < 1e-9);
      assert.equal(spec.errorM(trial.goal, trial.goal), 0);
      return halfM;
    });
    assert.ok(new Set(heights).size > 20);
  }
});

test("where only looks are drawn, or nothing, the trial of a seed is what it was", async () => {
  using kinematics = await createKinematics(pandaSpec);
  for (const overrides of [[], ["backend.vary:={}"]]) {
    const { trial } = drawnTrial(loadLaunch("launch/panda-push.launch.yaml", overrides), 7, { robot: pandaSpec, kinematics });
    assert.deepEqual(trial, await trialFor("push", 7));
  }
});

test("told how far, a launch file's trials move the thing so far, and who says the most first is told so", async () => {
  using kinematics = await createKinematics(pandaSpec);
  const config = loadLaunch("launch/panda-push.launch.yaml", ["backend.moveM:=[0.3, 0.4]"]);
  for (const seed of seeds) {
    const { start, goal } = drawnTrial(config, seed, { robot: pandaSpec, kinematics }).trial;
    const movedM = distanceM(start.objects["cube"]!.positionM, goal.objects["cube"]!.positionM);
    assert.ok(movedM >= 0.3 && movedM <= 0.4, `${movedM} m`);
  }
  assert.throws(() => loadLaunch("launch/panda-push.launch.yaml", ["backend.moveM:=[0.4, 0.3]"]), {
    code: "launch.invalid",
    message: /backend\.moveM: .*the least comes first, and is less than the most/s,
  });
});

test("a task without trials has none for a seed", async () => {
  using kinematics = await createKinematics(pandaSpec);
  const config = loadLaunch("launch/panda-reach.launch.yaml", ["task:={ skill: hold, goal: { kind: tool, positionM: [0.5, 0, 0.2] } }"]);
  assert.throws(() => drawnTrial(config, 1, { robot: pandaSpec, kinematics }), {
    code: "launch.invalid",
    message: /^task: names no skill/,
  });
});
