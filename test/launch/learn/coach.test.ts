import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoach } from "../../../launch/learn/coach.ts";
import type { Plan, PlanRequest, Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";

const solverOf = (name: string, action: readonly number[]): Solver => ({
  name,
  budget: { samples: 1, iterations: 1, horizon: 2, deadlineMs: 10 },
  async plan(): Promise<Plan> {
    return {
      actions: Float32Array.from([...action, 9, 9]),
      predicted: new Float32Array(8),
      horizon: 2,
      cost: 0,
      costTerms: {},
      violation: 0,
      stats: { modelCalls: 0, iterations: 1, samples: 1, eliteCostMean: 0 },
    };
  },
  async [Symbol.asyncDispose]() {},
});
const request: PlanRequest = {
  latent: Float32Array.of(1, 2, 3, 4),
  goal: Float32Array.of(5, 6, 7, 8),
  goalPositionM: [0, 0, 0],
  warmStart: null,
};
const teacher = solverOf("cem", [0.5, -0.5]);

test("without a student the teacher acts, and its first action is the lesson", async () => {
  const coach = createCoach(teacher, null, 2);
  const plan = await coach.plan(request, createRng(1));
  assert.deepEqual([...plan.actions], [0.5, -0.5, 9, 9]);
  assert.deepEqual(coach.endEpisode(), [{ latent: request.latent, goal: Float32Array.of(5, 6), action: Float32Array.of(0.5, -0.5) }]);
});

test("a student acts itself, and is told what the teacher would have done", async () => {
  const coach = createCoach(teacher, solverOf("policy", [1, 1]), 2);
  const plan = await coach.plan(request, createRng(1));
  assert.deepEqual([...plan.actions.slice(0, 2)], [1, 1]);
  assert.deepEqual(coach.endEpisode()[0]?.action, Float32Array.of(0.5, -0.5));
});

test("what an episode taught is handed over once, and is not of the next one", async () => {
  const coach = createCoach(teacher, null, 2);
  assert.deepEqual(coach.endEpisode(), []);
  await coach.plan(request, createRng(1));
  assert.equal(coach.endEpisode().length, 1);
  assert.deepEqual(coach.endEpisode(), []);
});
