import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { fixedParts, isApart, isClear, lying, placeOf, restingPoses } from "../../../runtime/core/scene-layout.ts";
import { girthM, halfHeightM } from "../../../runtime/core/shape.ts";
import { poseOf } from "../../../runtime/core/trial.ts";
import { fullScene } from "../../helpers/full-scene.ts";

test("things stand on the table, whatever their shape and wherever the table is", () => {
  const scene = { ...fullScene, tableSurfaceM: -0.1 };
  const at = { centreM: [0.5, 0.1], yawRad: 0.3 } as const;
  for (const object of Object.values(scene.objects)) {
    const { positionM, yawRad } = lying(scene, object, at);
    assert.deepEqual([positionM[0], positionM[1], yawRad], [0.5, 0.1, 0.3]);
    assert.ok(Math.abs(positionM[2] - halfHeightM(object.shape) + 0.1) < 1e-12);
  }
  assert.equal(girthM({ kind: "box", sizeM: [0.06, 0.08, 1] }), 0.05);
});

test("a bin is a floor and four walls around what fits in, turned as one", () => {
  const tray = fixedParts(fullScene).filter(({ name }) => name.startsWith("tray-"));
  assert.deepEqual(
    tray.map(({ name }) => name),
    ["tray-floor", "tray-front", "tray-back", "tray-left", "tray-right"],
  );
  const { positionM: floor } = tray[0]!.pose;
  assert.deepEqual(floor, [0.42, -0.15, 0.0025]);
  for (const { pose, shape } of tray.slice(1)) {
    const awayM = Math.hypot(pose.positionM[0] - 0.42, pose.positionM[1] + 0.15);
    assert.ok(Math.abs(awayM - 0.0525) < 1e-12, `a wall's middle is ${awayM} m from the bin's`);
    assert.equal(pose.yawRad, 0.5);
    assert.ok(shape.kind === "box" && Math.abs(shape.sizeM[2] - 0.045) < 1e-12);
    assert.ok(Math.abs(pose.positionM[2] - 0.0225) < 1e-12, "on the table");
  }
});

test("a place is clear of what touches, not of what only hides; above an obstacle it is clear", () => {
  const isClearAt = (x: number, y: number, fromM = 0): boolean => isClear(fullScene, { centreM: [x, y], radiusM: 0.02 }, fromM);
  assert.equal(isClearAt(0.5, 0.049), false);
  assert.equal(isClearAt(0.5, 0.051), true);
  assert.equal(isClearAt(0.5, 0, 0.199), false);
  assert.equal(isClearAt(0.5, 0, 0.2), true);
  assert.equal(isClearAt(0.42, -0.15), false, "inside the tray");
  assert.equal(isClearAt(0.55, 0.06), true, "at the screen");
  assert.equal(isClear(defaultScene, { centreM: [0.5, 0], radiusM: 1 }), true);
});

test("a turned box is as wide as it is in that direction", () => {
  const shape = { kind: "box", sizeM: [0.4, 0.1, 0.1] } as const;
  const wall = { shape, rgb: [0, 0, 0], friction: 0.7, centreM: [0.5, 0], yawRad: Math.PI / 2, liftM: 0 } as const;
  const scene = { ...defaultScene, obstacles: { wall } };
  assert.equal(isClear(scene, { centreM: [0.5, 0.22], radiusM: 0.01 }), true);
  assert.equal(isClear(scene, { centreM: [0.5, 0.2], radiusM: 0.01 }), false);
  assert.equal(isClear(scene, { centreM: [0.57, 0], radiusM: 0.01 }), true);
});

test("before any trial things lie where they were told to, the others apart from each other", () => {
  const scene = { ...fullScene, table: { centreM: [0.45, 0.1], yawRad: 0 } as const };
  const poses = restingPoses(scene);
  assert.deepEqual(Object.keys(poses), ["can", "marble", "block"]);
  assert.deepEqual(poseOf(poses, "block"), { positionM: [0.5, 0.25, 0.025], yawRad: 0.4 });
  const [can, marble] = ["can", "marble"].map((name) => placeOf(scene.objects[name]!, poseOf(poses, name)));
  assert.ok(isApart(can!, marble!));
  assert.deepEqual(restingPoses(defaultScene), { cube: { positionM: [0.5, 0, 0.025], yawRad: 0 } });
});
