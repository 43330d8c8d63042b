import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { atRest } from "../../runtime/core/segment.ts";
import { defaultScene } from "../../sim/scene.ts";
import { type EpisodeStart, SimDriver } from "../../sim/sim-driver.ts";
import { TINY_CAMERAS } from "../helpers/tiny-model.ts";

const open = () => SimDriver.create({ robot: pandaSpec, scene: defaultScene, cameras: TINY_CAMERAS, supersample: 2 });

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
    (await driver.place("reset", { task: "push", seed })) as { restRad: Float64Array; answer: EpisodeStart };
  const first = await reset(3);
  const { truth, goalFrames } = first.answer;
  assert.ok(Math.hypot(truth.objectM[0] - truth.goalObjectM[0], truth.objectM[1] - truth.goalObjectM[1]) >= 0.06);
  const now = driver.framesNow(0n);
  assert.equal(goalFrames.length, 2);
  assert.notDeepEqual(now[0]?.rgb, goalFrames[0]?.rgb, "the goal picture is not the start's");
  await reset(4);
  const again = await reset(3);
  assert.deepEqual(again, first);
  assert.deepEqual(driver.framesNow(0n)[1]?.rgb, now[1]?.rgb);
});

test("the truth follows the world", async () => {
  await using driver = await open();
  const { restRad } = await driver.place("reset", { task: "reach", seed: 1 });
  const before = (await driver.answer("truth")) as EpisodeStart["truth"];
  const turned = atRest(restRad.map((angle, joint) => (joint === 0 ? angle + 0.05 : angle)));
  for (let step = 0; step < 250; step++) driver.step(turned, 0.004);
  const after = (await driver.answer("truth")) as EpisodeStart["truth"];
  assert.ok(Math.hypot(after.toolM[0] - before.toolM[0], after.toolM[1] - before.toolM[1]) > 0.015);
  assert.deepEqual(after.goalToolM, before.goalToolM);
});

test("a question or placement it does not know is refused by name", async () => {
  await using driver = await open();
  await assert.rejects(driver.answer("weather"), /no question "weather"; it knows "truth"/);
  await assert.rejects(driver.place("fly", {}), /no placement "fly"; it knows "reset"/);
  await assert.rejects(driver.place("reset", { task: "push", seed: -1 }));
});
