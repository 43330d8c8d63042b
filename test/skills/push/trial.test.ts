import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene, type SceneSpec } from "../../../runtime/core/scene.ts";
import { poseOf } from "../../../runtime/core/trial.ts";
import { distanceM, flatDistanceM } from "../../../runtime/core/vec3.ts";
import { pushTrial } from "../../../skills/push/trial.ts";
import { fullScene } from "../../helpers/full-scene.ts";

const drawn = (scene: SceneSpec, count = 500) => Array.from({ length: count }, (_, seed) => pushTrial(scene).draw(createRng(seed)));
const cubes = ({ start, goal }: ReturnType<typeof drawn>[number]) => [poseOf(start.objects, "cube"), poseOf(goal.objects, "cube")] as const;

test("push moves the cube 6 to 15 cm and turns it at most 0.3 rad; no start is solved already", () => {
  for (const trial of drawn(defaultScene)) {
    const [start, goal] = cubes(trial);
    const moveM = flatDistanceM(start.positionM, goal.positionM);
    assert.ok(moveM >= 0.06 && moveM <= 0.15, `${moveM} m`);
    assert.ok(Math.abs(goal.yawRad - start.yawRad) <= 0.3);
  }
});

test("push puts the tool 7 to 16 cm from the cube, at the start and in the goal picture", () => {
  for (const { start, goal } of drawn(defaultScene)) {
    for (const { toolM, objects } of [start, goal]) {
      const awayM = flatDistanceM(toolM, poseOf(objects, "cube").positionM);
      assert.ok(awayM >= 0.07 && awayM <= 0.16 && toolM[2] === 0.03, `${awayM} m`);
    }
  }
});

test("in a full scene things lie apart from each other, from what is fixed and from the tool; those that were told where to lie, lie there", () => {
  for (const { start, goal } of drawn(fullScene, 200)) {
    for (const { objects, toolM } of [start, goal]) {
      assert.deepEqual(Object.keys(objects).sort(), ["block", "can", "marble"]);
      const [can, marble, block] = ["can", "marble", "block"].map((name) => poseOf(objects, name).positionM) as unknown as [
        readonly [number, number, number],
        readonly [number, number, number],
        readonly [number, number, number],
      ];
      assert.deepEqual(block, [0.5, 0.15, 0.025]);
      assert.equal(can[2], 0.04);
      assert.equal(marble[2], 0.02);
      assert.ok(distanceM([can[0], can[1], 0], [marble[0], marble[1], 0]) >= 0.045);
      assert.ok(flatDistanceM(can, block) >= 0.025 + 0.025 * Math.SQRT2);
      for (const [thing, radiusM] of [
        [can, 0.025],
        [marble, 0.02],
        [toolM, 0.04],
      ] as const) {
        assert.ok(flatDistanceM(thing, [0.5, 0, 0]) >= 0.03 + radiusM - 1e-12, "clear of the post");
        assert.ok(flatDistanceM(thing, [0.42, -0.15, 0]) >= 0.05 + radiusM, "out of the tray");
      }
    }
    assert.deepEqual(poseOf(start.objects, "marble"), poseOf(goal.objects, "marble"), "only the first thing has another place in the goal");
  }
});

test("a scene without things to push, and one without room, are refused with the remedy", () => {
  assert.throws(() => pushTrial({ ...defaultScene, objects: {} }), {
    code: "launch.invalid",
    message: "push: the scene has no loose thing; add one to backend.scene.objects",
  });
  const block = { ...fullScene.objects["block"]!, at: { centreM: [0.9, 0], yawRad: 0 } } as const;
  assert.throws(() => pushTrial({ ...defaultScene, objects: { block } }), {
    code: "launch.invalid",
    message: /"block" lies outside the work area/,
  });
  const wall = { ...fullScene.obstacles["post"]!, shape: { kind: "box", sizeM: [1, 1, 0.2] } } as const;
  assert.throws(() => pushTrial({ ...defaultScene, obstacles: { wall } }).draw(createRng(1)), {
    code: "goal.unreachable",
    message: /nothing fits in 10000 draws; make backend\.scene\.area larger or the scene emptier/,
  });
});
