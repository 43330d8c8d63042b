/** What a decision expects where all of its action was done, and where an arm that is slowed down did half. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../../runtime/core/planning.ts";
import { expectedNext } from "../../../runtime/predict/expected.ts";

const plan: Plan = {
  ...{ actions: Float32Array.of(1, 0), predicted: Float32Array.of(7, 8, 9, 10), horizon: 2, cost: 0, costTerms: {}, violation: 0 },
  stats: { modelCalls: 0, iterations: 1, samples: 1, eliteCostMean: 0 },
};
const latent = Float32Array.of(1, 2);
const imagine = async (from: Float32Array, action: Float32Array): Promise<Float32Array> => from.map((value) => value + action[0]!);
const after = (executed: number, of: Plan | null = plan) =>
  expectedNext({ plan: of, action: Float32Array.of(1), executedAction: Float32Array.of(executed), latent }, imagine);

test("where the action was done, the plan's own first step is expected", async () => {
  assert.deepEqual(await after(0.95), Float32Array.of(7, 8));
});

test("where half of it was done, what follows from that half is expected, so that being slow is no surprise", async () => {
  assert.deepEqual(await after(0.5), Float32Array.of(1.5, 2.5));
});

test("who planned nothing expects nothing", async () => {
  assert.equal(await after(1, null), null);
});
