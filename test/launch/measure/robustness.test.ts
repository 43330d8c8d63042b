/** The worlds in which a model is examined beside the one that it was trained in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simSection } from "../../../launch/backends/sim/backend.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { variations } from "../../../launch/measure/robustness.ts";
import { sceneOf } from "../../../launch/task-facts.ts";
import { distanceM } from "../../../runtime/core/vec3.ts";
import { varied } from "../../../sim/vary/vary.ts";

const PUSH = "launch/panda-push.launch.yaml";
const sectionOf = (...overrides: readonly string[]) => simSection(loadLaunch(PUSH, overrides), "to look at it");
const row = (name: string, ...trained: readonly string[]) => {
  const found = variations(sectionOf(...trained)).find((each) => each.name === name);
  assert.ok(found, name);
  return sectionOf(...trained, ...found.overrides);
};

test("every row is a launch file, and no two are called alike", () => {
  const rows = variations(sectionOf());
  assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
  for (const { name, overrides } of rows) assert.equal(sectionOf(...overrides).vary !== undefined, name.includes("held out"));
});

test("a row of held-out hues or sizes differs in nothing else from the world as trained", () => {
  const config = loadLaunch(PUSH, []);
  const cameras = config.cameras;
  const scene = sceneOf(config);
  const hues = varied({ scene, cameras }, row("hues held out").vary!, 3);
  assert.deepEqual([hues.scene.lights, hues.scene.lightScale, hues.robotShade], [scene.lights, scene.lightScale, 1]);
  for (const [i, { positionM, targetM }] of cameras.entries()) {
    assert.deepEqual(hues.cameras[i]!.positionM, positionM);
    assert.ok(distanceM(hues.cameras[i]!.targetM, targetM) < 1e-9);
  }
  assert.deepEqual(hues.scene.objects["cube"]!.shape, scene.objects["cube"]!.shape);
  assert.notDeepEqual(hues.scene.objects["cube"]!.rgb, scene.objects["cube"]!.rgb);
  const ball = varied({ scene, cameras }, row("ball, sizes held out").vary!, 3);
  assert.equal(ball.scene.objects["cube"]!.shape.kind, "ball");
});

test("what is held out is what the launch file holds out", () => {
  const trained = "backend.vary:={ heldOutHueRad: [1, 2], bodies: { heldOutSizeM: [0.04, 0.045] } }";
  assert.deepEqual(row("hues held out", trained).vary!.heldOutHueRad, [1, 2]);
  assert.equal(row("hues held out", trained).vary!.bodies, undefined);
  assert.deepEqual(row("box, sizes held out", trained).vary!.bodies!.heldOutSizeM, [0.04, 0.045]);
});

test("bystanders lie beside the thing of the task, which stays the first", () => {
  assert.deepEqual(Object.keys(row("two bystanders").scene.objects), ["cube", "bystander-1", "bystander-2"]);
});
