/** What holds for the trials of every skill; their own numbers are tested in the folder of each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../runtime/core/rng.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { targetM, toolCorners } from "../../runtime/core/trial.ts";
import { distanceM } from "../../runtime/core/vec3.ts";
import { skills, trials } from "../../skills/index.ts";
import { fullScene } from "../helpers/full-scene.ts";

for (const [name, trialOf] of Object.entries(trials)) {
  test(`${name}: a trial is a function of its seed, and not solved at its start`, () => {
    assert.ok(Object.hasOwn(skills, name));
    const { draw, errorM, successM } = trialOf(defaultScene);
    assert.deepEqual(draw(createRng(5)), draw(createRng(5)));
    assert.notDeepEqual(draw(createRng(5)), draw(createRng(6)));
    for (let seed = 0; seed < 200; seed++) {
      const { start, goal } = draw(createRng(seed));
      assert.ok(errorM(start, goal) > successM && errorM(goal, goal) === 0);
    }
  });

  test(`${name}: every tool point that is drawn lies between the corners that are checked against the workspace`, () => {
    for (const scene of [defaultScene, fullScene]) {
      const trial = trialOf(scene);
      const corners = toolCorners(trial, scene);
      const bounds = [0, 1, 2]
        .map((axis) => corners.map((corner) => corner[axis]!))
        .map((values) => [Math.min(...values), Math.max(...values)]);
      for (let seed = 0; seed < 200; seed++) {
        const { start, goal } = trial.draw(createRng(seed));
        for (const { toolM } of [start, goal]) {
          for (const [axis, value] of toolM.entries()) assert.ok(value >= bounds[axis]![0]! && value <= bounds[axis]![1]!);
        }
      }
    }
  });

  test(`${name}: told how far, a trial moves what counts so far, wherever it has to begin for that`, () => {
    const trial = trialOf(defaultScene, [0.3, 0.4]);
    for (let seed = 0; seed < 100; seed++) {
      const { start, goal } = trial.draw(createRng(seed));
      const movedM = distanceM(targetM(trial, start), targetM(trial, goal));
      assert.ok(movedM >= 0.3 && movedM <= 0.4, `${movedM} m`);
    }
    assert.throws(() => trialOf(defaultScene, [1.5, 2]).draw(createRng(1)), {
      code: "goal.unreachable",
      message: /no start and goal fit in 100000 draws; make backend\.moveM shorter/,
    });
  });

  test(`${name}: a trial names every loose thing, at its start and at its goal`, () => {
    const { start, goal } = trialOf(fullScene).draw(createRng(1));
    for (const { objects } of [start, goal]) assert.deepEqual(Object.keys(objects).sort(), Object.keys(fullScene.objects).sort());
  });
}
