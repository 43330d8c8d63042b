import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../runtime/core/rng.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { distanceM, sampleEpisode } from "../../sim/episode.ts";
import { defaultScene } from "../../sim/scene.ts";

const episodes = (task: "push" | "reach") => Array.from({ length: 500 }, (_, seed) => sampleEpisode(task, createRng(seed), defaultScene));
const flat = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

test("push moves the cube 6 to 15 cm and turns it at most 0.3 rad; no start is solved already", () => {
  for (const { start, goal } of episodes("push")) {
    const moveM = flat(start.cube.positionM, goal.cube.positionM);
    assert.ok(moveM >= 0.06 && moveM <= 0.15, `${moveM} m`);
    assert.ok(Math.abs(goal.cube.yawRad - start.cube.yawRad) <= 0.3);
  }
});

test("push puts the tool 7 to 16 cm from the cube, at the start and in the goal picture", () => {
  for (const { start, goal } of episodes("push")) {
    for (const { toolM, cube } of [start, goal]) {
      const awayM = flat(toolM, cube.positionM);
      assert.ok(awayM >= 0.07 && awayM <= 0.16 && toolM[2] === 0.03, `${awayM} m`);
    }
  }
});

test("reach asks for at least 8 cm and leaves the cube alone", () => {
  for (const { start, goal } of episodes("reach")) {
    assert.ok(distanceM(start.toolM, goal.toolM) >= 0.08);
    assert.deepEqual(goal.cube, start.cube);
  }
});

test("an episode is a function of its seed", () => {
  assert.deepEqual(sampleEpisode("push", createRng(5), defaultScene), sampleEpisode("push", createRng(5), defaultScene));
  assert.notDeepEqual(sampleEpisode("push", createRng(5), defaultScene), sampleEpisode("push", createRng(6), defaultScene));
});
