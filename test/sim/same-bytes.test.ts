/** The default scene is what the shipped models were trained in: its physics and its pictures are the same to the last bit, whatever else scenes learn. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { atRest, quinticSegment, sampleSegment } from "../../runtime/core/segment.ts";
import { poseOf, type TrialStart, type WorldState } from "../../runtime/core/trial.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { SimDriver } from "../../sim/sim-driver.ts";
import { TINY_CAMERAS } from "../helpers/tiny-model.ts";
import { trialFor } from "../helpers/trials.ts";

const COMMAND_S = 0.004;
/** From before scenes held more than one thing; a new one means that every shipped model sees another world. */
const BEFORE = {
  episodes: "aebb106f607a3b4c88bd8c1748111ea786953929f4863a0aae5e588f939ae6ec",
  push: "dc819c86f86c5b48e96f35970aa2ea710d5a25225c33f0b6d5cfed19b29142ec",
};

const hashOf = (parts: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};
const numbers = (values: ArrayLike<number>): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const open = () => SimDriver.create({ robot: pandaSpec, scene: defaultScene, cameras: TINY_CAMERAS, supersample: 2 });

test("starts and goals of seeds from 1000 on, where things are and how they look", async () => {
  await using driver = await open();
  const parts: Uint8Array[] = [];
  for (const task of ["push", "reach"] as const) {
    for (let seed = 1000; seed < 1005; seed++) {
      const trial = await trialFor(task, seed);
      const { goalFrames, truth } = (await driver.place("reset", trial)).answer as TrialStart;
      parts.push(...goalFrames.map(({ rgb }) => rgb), ...driver.framesNow(0n).map(({ rgb }) => rgb));
      const [at, to] = [truth, trial.goal].map(({ objects }) => poseOf(objects, "cube").positionM);
      parts.push(numbers([...truth.toolM, ...at!, ...trial.goal.toolM, ...to!]));
    }
  }
  assert.equal(hashOf(parts), BEFORE.episodes);
});

test("a push through the middle of the cube, joint by joint and picture by picture", async () => {
  await using driver = await open();
  using kinematics = await createKinematics(pandaSpec);
  const at = (positionM: Vec3): Float64Array =>
    kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: "down" }).positionRad;
  let commanded = atRest(at([0.4, 0.01, 0.03]));
  const parts: Uint8Array[] = [];
  for (let decision = 0; decision < 8; decision++) {
    const toRad = at([0.4 + 0.03 * (decision + 1), 0.01, 0.03]);
    const segment = quinticSegment({ id: decision, startNs: 0n, from: commanded, toRad, durationS: 0.4 });
    for (let beat = 1; beat <= 50; beat++) driver.step(sampleSegment(segment, beat * COMMAND_S), COMMAND_S);
    commanded = sampleSegment(segment, 0.2);
    const { positionM: objectM } = poseOf(((await driver.answer("truth")) as WorldState).objects, "cube");
    const joints = driver.jointsNow(0n);
    assert.ok(joints.kind === "joints");
    parts.push(numbers([...joints.joints.positionRad, ...joints.joints.velocityRadPerS, ...objectM]));
    parts.push(...driver.framesNow(0n).map(({ rgb }) => rgb));
    if (decision === 7) assert.ok(objectM[0] > 0.53, `the cube was pushed to ${objectM} m`);
  }
  assert.equal(hashOf(parts), BEFORE.push);
});
