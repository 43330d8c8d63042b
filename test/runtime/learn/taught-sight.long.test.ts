/** A student learns to see what its teacher, a privileged twin, is told: toy length, pictures that a program draws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelPackage } from "../../../runtime/core/model.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import { openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { playData } from "../../../runtime/learn/play-data.ts";
import { taughtLatents, taughtSight } from "../../../runtime/learn/taught-sight.ts";
import { type TrainOptions, train } from "../../../runtime/learn/train.ts";
import { Trainer } from "../../../runtime/learn/trainer.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_UNLABELLED, tinyDataset } from "../../helpers/tiny-dataset.ts";
import { tinyEnvironment, tinyTraining } from "../../helpers/tiny-training.ts";

const session = { provider: "cpu", threads: 1 } as const;
const data = tinyDataset(400);

async function trained(changes: Partial<TrainOptions>): Promise<ModelPackage> {
  const options = tinyTraining(data, changes);
  await train(options, tinyEnvironment());
  return await loadModelPackage(options.out);
}

const teacher = await trained({ observation: "state" });

test("a student sees through cameras what its teacher is told, feels as it does, and its card names it", async () => {
  const student = await trained({ teacher });
  assert.deepEqual([student.spec.observation, student.spec.latentDim], ["cameras", teacher.spec.latentDim]);
  assert.equal(student.spec.training["teacher"], teacher.modelHash);
  assert.deepEqual(student.spec.proprioception, teacher.spec.proprioception);
  await using told = await openSession(teacher.networks.encoder, session);
  await using seeing = await openSession(student.networks.encoder, session);
  const felt = [0.5, 0.05, 0.03];
  const frames = { dtype: "uint8" as const, shape: [1, 1, 32, 32, 3], data: new Uint8Array(32 * 32 * 3).fill(90) };
  const { latent: known } = await told.run({ state: floats(Float32Array.of(...felt, 0.5, 0, 0.025), [1, 6]) });
  const { latent: seen } = await seeing.run({ frames, proprio: floats(Float32Array.from(felt), [1, 3]) });
  for (const k of [6, 7, 8]) assert.ok(Math.abs((known?.data[k] as number) - (seen?.data[k] as number)) < 1e-4, `entry ${k}`);
});

test("what it tells of the pictures comes nearer to what the teacher was told, step after step", async () => {
  using dataset = openDataset(data);
  const play = playData(dataset, 1);
  const fed = taughtSight(play, await taughtLatents(teacher, "object", play, session));
  const rng = createRng(3);
  await using trainer = await Trainer.open(fed.training, { rng }, session);
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) losses.push((await trainer.step(fed.batch(rng.fork(step)), fed.rate))["loss"]!);
  const mean = (part: readonly number[]): number => part.reduce((sum, each) => sum + each, 0) / part.length;
  const [before, after] = [mean(losses.slice(0, 5)), mean(losses.slice(-5))];
  assert.ok(after < 0.5 * before, `${before} -> ${after}`);
});

test("whoever sees for itself is no teacher", async () => {
  const seeing = await trained({});
  await assert.rejects(trained({ teacher: seeing }), { code: "model.mismatch", message: /sees for itself, a teacher is told/ });
});

test("data that do not say where the object is teach nobody", () =>
  assert.rejects(trained({ data: tinyDataset(400, 300, TINY_UNLABELLED), teacher }), {
    code: "data.mismatch",
    message: /does not say the object's place, which the teacher is told; collect in a simulation, or train without --teacher/,
  }));
