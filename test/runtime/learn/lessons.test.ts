import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import { imitate, type Lesson } from "../../../runtime/learn/lessons.ts";
import { policyGraph } from "../../../runtime/learn/package-writer.ts";

const sizes = { latentDim: 5, visualDim: 2, actionDim: 2 };

/** A teacher that goes towards the goal. */
function lessonsOf(count: number): Lesson[] {
  const rng = createRng(7);
  return Array.from({ length: count }, () => {
    const latent = rng.fillNormal(new Float32Array(5));
    const goal = rng.fillNormal(new Float32Array(2));
    return { latent, goal, action: goal.map((value, i) => Math.tanh(value - (latent[i] as number))) };
  });
}

test("a policy learns what a teacher does, in states it was not shown", async () => {
  const lessons = lessonsOf(1200);
  const shown = lessons.slice(0, 1000);
  const policy = await imitate(shown, sizes, 150, createRng(1), { provider: "cpu", threads: 1 });
  await using session = await openSession(policyGraph({ policy, visualDim: 2, actionDim: 2 }).toBytes(), { provider: "cpu", threads: 1 });
  let error = 0;
  let size = 0;
  for (const { latent, goal, action } of lessons.slice(1000)) {
    const { action: told } = await session.run({ latent: floats(latent, [1, 5]), goal: floats(Float32Array.of(...goal, 0, 0, 0), [1, 5]) });
    for (const [i, value] of action.entries()) {
      error += ((told!.data[i] as number) - value) ** 2;
      size += value ** 2;
    }
  }
  assert.ok(error < 0.1 * size, `error ${error} of ${size}`);
});

test("the same seed gives the same policy", async () => {
  const lessons = lessonsOf(100);
  const [one, again] = [1, 1].map(() => imitate(lessons, sizes, 3, createRng(2), { provider: "cpu", threads: 1 }));
  assert.deepEqual((await one)!.flat, (await again)!.flat);
});
