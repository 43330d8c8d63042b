import assert from "node:assert/strict";
import { test } from "node:test";
import { varySchema } from "../../launch/backends/sim/schema-vary.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { atRest } from "../../runtime/core/segment.ts";
import type { TrialStart, WorldState } from "../../runtime/core/trial.ts";
import { flatDistanceM } from "../../runtime/core/vec3.ts";
import { SimDriver, type SimOptions } from "../../sim/sim-driver.ts";
import { TINY_CAMERAS } from "../helpers/tiny-model.ts";
import { trialFor } from "../helpers/trials.ts";

const open = (change: Pick<SimOptions, "vary"> = {}) =>
  SimDriver.create({ robot: pandaSpec, scene: defaultScene, cameras: TINY_CAMERAS, supersample: 2, ...change });

test("a sample set is the joints and one picture per camera, all with the given stamp", async () => {
  await using driver = await open();
  const samples = driver.samplesNow(7n);
  assert.deepEqual(
    samples.map((sample) => (sample.kind === "frame" ? sample.frame.camera : sample.kind)),
    ["joints", "front", "side"],
  );
  for (const sample of samples) assert.equal(sample.kind === "frame" ? sample.frame.stampNs : sample.joints.stampNs, 7n);
});

test("a reset shows the goal, stands at the start, and is the same for the same seed", async () => {
  await using driver = await open();
  const reset = async (seed: number) =>
    (await driver.place("reset", await trialFor("push", seed))) as { restRad: Float64Array; answer: TrialStart };
  const first = await reset(3);
  const { truth, goalFrames } = first.answer;
  const { start, goal } = await trialFor("push", 3);
  assert.deepEqual(truth.objects["cube"]!.positionM, start.objects["cube"]!.positionM);
  assert.ok(flatDistanceM(truth.objects["cube"]!.positionM, goal.objects["cube"]!.positionM) >= 0.06);
  const now = driver.framesNow(0n);
  assert.equal(goalFrames.length, 2);
  assert.notDeepEqual(now[0]?.rgb, goalFrames[0]?.rgb, "the goal picture is not the start's");
  await reset(4);
  const again = await reset(3);
  assert.deepEqual(again, first);
  assert.deepEqual(driver.framesNow(0n)[1]?.rgb, now[1]?.rgb);
});

test("where worlds are drawn, the start and the picture of its goal share the draw, and another seed has another one", async () => {
  await using driver = await open({ vary: varySchema.parse({ hues: "held-out" }) });
  const bluest = (rgb: Uint8Array): number => {
    let most = 0;
    for (let i = 0; i < rgb.length; i += 3) most = Math.max(most, rgb[i + 2]! - Math.max(rgb[i]!, rgb[i + 1]!));
    return most;
  };
  const trial = await trialFor("push", 3);
  const look = async (seed: number) => {
    const { goalFrames } = (await driver.place("reset", { ...trial, seed })).answer as TrialStart;
    const [goal, start] = [goalFrames[0]!.rgb, driver.framesNow(0n)[0]!.rgb];
    return { table: goal.slice(-3), tableAtStart: start.slice(-3), blue: Math.min(bluest(goal), bluest(start)) };
  };
  const first = await look(3);
  assert.deepEqual(first.table, first.tableAtStart);
  assert.ok(first.blue > 30, `a blue thing is in both pictures, ${first.blue}`);
  const other = await look(4);
  assert.notDeepEqual(other.table, first.table);
  assert.deepEqual(await look(3), first, "and the first again is the first again");
});

test("nothing differs from trial to trial where nobody asked for it", async () => {
  await using driver = await open();
  const trial = await trialFor("push", 3);
  await driver.place("reset", trial);
  const seen = driver.framesNow(0n);
  await driver.place("reset", { ...trial, seed: 4 });
  assert.deepEqual(driver.framesNow(0n), seen);
});

test("the truth follows the world", async () => {
  await using driver = await open();
  const { restRad } = await driver.place("reset", await trialFor("reach", 1));
  const before = (await driver.answer("truth")) as WorldState;
  const turned = atRest(restRad.map((angle, joint) => (joint === 0 ? angle + 0.05 : angle)));
  for (let step = 0; step < 250; step++) driver.step(turned, 0.004);
  const after = (await driver.answer("truth")) as WorldState;
  assert.ok(Math.hypot(after.toolM[0] - before.toolM[0], after.toolM[1] - before.toolM[1]) > 0.015);
  assert.deepEqual(Object.keys(after.objects), ["cube"]);
});

test("a question or placement it does not know is refused by name", async () => {
  await using driver = await open();
  await assert.rejects(driver.answer("weather"), /no question "weather"; ask "truth" or "put"/);
  await assert.rejects(driver.place("fly", {}), /no placement "fly"; ask for "reset"/);
  const trial = await trialFor("push", 3);
  await assert.rejects(driver.place("reset", { seed: 3 }), { code: "launch.invalid", message: /^trial: / });
  await assert.rejects(driver.place("reset", { ...trial, start: { ...trial.start, armRad: new Float64Array(2) } }), {
    code: "launch.invalid",
    message: "trial: a posture of 2 joints, the arm has 7; give one for each joint",
  });
  await assert.rejects(driver.place("reset", { ...trial, start: { ...trial.start, objects: {} } }), {
    code: "launch.invalid",
    message: 'object "cube": is not in the scene, which has none; add it to backend.scene',
  });
});
