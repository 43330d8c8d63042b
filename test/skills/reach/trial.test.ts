import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultObject, defaultScene } from "../../../runtime/core/scene.ts";
import { poseOf } from "../../../runtime/core/trial.ts";
import { distanceM, flatDistanceM } from "../../../runtime/core/vec3.ts";
import { reachTrial } from "../../../skills/reach/trial.ts";

test("reach asks for at least 8 cm and leaves the cube alone", () => {
  const { draw } = reachTrial(defaultScene);
  for (let seed = 0; seed < 500; seed++) {
    const { start, goal } = draw(createRng(seed));
    assert.ok(distanceM(start.toolM, goal.toolM) >= 0.08);
    assert.deepEqual(goal.objects, start.objects);
  }
});

test("the tool is never in something tall, and may be over something low", () => {
  const tower = { ...defaultObject, shape: { kind: "cylinder", radiusM: 0.05, heightM: 0.25 } } as const;
  const { draw } = reachTrial({ ...defaultScene, objects: { tower } });
  let over = 0;
  for (let seed = 0; seed < 500; seed++) {
    const { start, goal } = draw(createRng(seed));
    for (const { toolM, objects } of [start, goal]) {
      const isBeside = flatDistanceM(toolM, poseOf(objects, "tower").positionM) >= 0.09;
      assert.ok(isBeside || toolM[2] > 0.25, `tool at ${toolM}`);
      if (!isBeside) over++;
    }
  }
  assert.ok(over > 0);
});

test("a scene without loose things can be reached in", () => {
  assert.deepEqual(reachTrial({ ...defaultScene, objects: {} }).draw(createRng(1)).start.objects, {});
});
