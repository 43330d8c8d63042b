/** Practice on a point mass whose world model and critic are known by heart: the best action is known, too. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ModelPackage } from "../../../runtime/core/model.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import { policyGraph } from "../../../runtime/learn/package-writer.ts";
import { type Lesson, rehearse } from "../../../runtime/learn/practice.ts";
import { openPracticeJournal } from "../../../runtime/learn/practice-journal.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_SCALE_M, tinyLatent, writeTinyModel } from "../../helpers/tiny-model.ts";

const session = { provider: "cpu", threads: 1 } as const;
const model: ModelPackage = await loadModelPackage(writeTinyModel());
const clampUnit = (value: number): number => Math.max(-1, Math.min(1, value));

/** Points up to three decisions apart, with what `teacher` does there. */
function lessonsOf(count: number, rng: Rng, teacher: (apart: readonly number[]) => readonly number[]): Lesson[] {
  const point = (): Vec3 => [rng.between(0.4, 0.6), rng.between(-0.1, 0.1), 0.03];
  return Array.from({ length: count }, () => {
    const [from, to] = [point(), point()];
    const apart = [0, 1].map((axis) => clampUnit((to[axis]! - from[axis]!) / TINY_SCALE_M));
    return { latent: tinyLatent(from), goal: tinyLatent(to).slice(0, 3), action: Float32Array.from(teacher(apart)) };
  });
}

/** Mean squared difference between what the policy does and going straight to the goal, relative to standing still. */
async function error(policy: Awaited<ReturnType<typeof rehearse>>): Promise<number> {
  await using net = await openSession(policyGraph({ policy, visualDim: 3, latentDim: 6, actionDim: 2 }).toBytes(), session);
  let [off, size] = [0, 0];
  for (const { latent, goal, action } of lessonsOf(200, createRng(99), (apart) => apart)) {
    const { action: told } = await net.run({ latent: floats(latent, [1, 6]), goal: floats(Float32Array.of(...goal, 0, 0, 0), [1, 6]) });
    for (const [i, value] of action.entries()) {
      off += ((told!.data[i] as number) - value) ** 2;
      size += value ** 2;
    }
  }
  return off / size;
}

const practise = (lessons: readonly Lesson[], steps: number, seed = 1) =>
  rehearse({ model, start: new Map(), lessons, play: null }, { steps, rng: createRng(seed), session });

test("a policy learns what a teacher does, in states it was not shown", async () => {
  const off = await error(
    await practise(
      lessonsOf(1000, createRng(7), (apart) => apart),
      120,
    ),
  );
  assert.ok(off < 0.4, `error ${off}`);
});

test("where the teacher is of no use, imagination alone brings the policy to the goal", async () => {
  const off = await error(
    await practise(
      lessonsOf(1000, createRng(7), () => [0, 0]),
      120,
    ),
  );
  assert.ok(off < 0.5, `error ${off}`);
});

test("the same seed gives the same policy", async () => {
  const lessons = lessonsOf(100, createRng(7), (apart) => apart);
  const [one, again] = [await practise(lessons, 3, 2), await practise(lessons, 3, 2)];
  assert.deepEqual(one.flat, again.flat);
});

test("practice goes on from the weights it is given", async () => {
  const lessons = lessonsOf(300, createRng(7), (apart) => apart);
  const first = await practise(lessons, 10);
  const further = await rehearse({ model, start: first, lessons, play: null }, { steps: 1, rng: createRng(3), session });
  const moved = further.flat.reduce((sum, value, i) => sum + Math.abs(value - (first.flat[i] as number)), 0) / first.flat.length;
  assert.ok(moved > 0 && moved < 1e-3, `mean change ${moved}`);
});

test("an interrupted practice goes on with the policy and the lessons of its last whole round", async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "foresight-practice-")), "work");
  const identity = { model: model.modelHash, seed: 1, data: null };
  const fresh = openPracticeJournal(folder, identity);
  assert.equal(fresh.rounds, 0);
  assert.equal(fresh.load(model), null);
  const lessons = lessonsOf(20, createRng(7), (apart) => apart);
  const student = await practise(lessons, 2);
  fresh.save(1, lessons, student);
  const found = openPracticeJournal(folder, identity);
  assert.equal(found.rounds, 1);
  const state = found.load(model);
  assert.deepEqual(state?.lessons, lessons);
  assert.deepEqual(state?.student.flat, student.flat);
  assert.deepEqual(state?.figures, student.figures);
  assert.throws(() => openPracticeJournal(folder, { ...identity, seed: 2 }), {
    code: "train.checkpoint",
    message: /"seed":1.*there.*"seed":2/,
  });
  const numbers = readFileSync(join(folder, "practice.f32"));
  const changed = Buffer.from(numbers);
  changed.writeFloatLE(1.5, 0); // A number like any other.
  writeFileSync(join(folder, "practice.f32"), changed);
  assert.throws(() => openPracticeJournal(folder, identity).load(model), { code: "train.checkpoint", message: /not a whole practice/ });
  writeFileSync(join(folder, "practice.f32"), numbers);
  found.remove();
  assert.equal(openPracticeJournal(folder, identity).rounds, 0);
});
