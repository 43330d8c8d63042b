import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../runtime/core/rng.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { poseOf, toolCorners, type WorldState } from "../../runtime/core/trial.ts";
import { distanceM, flatDistanceM } from "../../runtime/core/vec3.ts";
import { trials } from "../../skills/index.ts";

const drawn = (task: "push" | "reach") => Array.from({ length: 500 }, (_, seed) => trials[task]!.draw(createRng(seed), defaultScene));
const cubeOf = ({ objects }: WorldState) => poseOf(objects, "cube");

test("push moves the cube 6 to 15 cm and turns it at most 0.3 rad; no start is solved already", () => {
  for (const { start, goal } of drawn("push")) {
    const moveM = flatDistanceM(cubeOf(start).positionM, cubeOf(goal).positionM);
    assert.ok(moveM >= 0.06 && moveM <= 0.15, `${moveM} m`);
    assert.ok(Math.abs(cubeOf(goal).yawRad - cubeOf(start).yawRad) <= 0.3);
    assert.ok(trials["push"]!.errorM(start, goal) > trials["push"]!.successM);
  }
});

test("push puts the tool 7 to 16 cm from the cube, at the start and in the goal picture", () => {
  for (const { start, goal } of drawn("push")) {
    for (const state of [start, goal]) {
      const awayM = flatDistanceM(state.toolM, cubeOf(state).positionM);
      assert.ok(awayM >= 0.07 && awayM <= 0.16 && state.toolM[2] === 0.03, `${awayM} m`);
    }
  }
});

test("reach asks for at least 8 cm and leaves the cube alone", () => {
  for (const { start, goal } of drawn("reach")) {
    assert.ok(distanceM(start.toolM, goal.toolM) >= 0.08);
    assert.deepEqual(goal.objects, start.objects);
    assert.ok(trials["reach"]!.errorM(start, goal) > trials["reach"]!.successM);
  }
});

test("a trial is a function of its seed", () => {
  const push = (seed: number) => trials["push"]!.draw(createRng(seed), defaultScene);
  assert.deepEqual(push(5), push(5));
  assert.notDeepEqual(push(5), push(6));
});

test("every tool point that is drawn lies between the corners that are checked against the workspace", () => {
  for (const task of ["push", "reach"] as const) {
    const corners = toolCorners(trials[task]!, defaultScene);
    const bounds = [0, 1, 2]
      .map((axis) => corners.map((corner) => corner[axis]!))
      .map((values) => [Math.min(...values), Math.max(...values)]);
    for (const { start, goal } of drawn(task)) {
      for (const { toolM } of [start, goal]) {
        for (const [axis, value] of toolM.entries()) assert.ok(value >= bounds[axis]![0]! && value <= bounds[axis]![1]!);
      }
    }
  }
});
