/** Subgoals that are told: one after the other as they are reached, and then the goal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ledBy } from "../../../launch/measure/told-subgoals.ts";
import type { PlanRequest, Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { poseOf, type WorldState } from "../../../runtime/core/trial.ts";
import { pickPlaceTrial } from "../../../skills/pick-place/trial.ts";
import { planFrom } from "../../helpers/decision-stage.ts";

const spec = pickPlaceTrial(defaultScene);
const { start, goal } = spec.draw(createRng(3));
const way = spec.waypoints!({ ...start, openingM: 0.08 }, { ...goal, openingM: 0.08 });

test("the way of a pick-and-place begins over the thing and ends with the hand over it where it shall be", () => {
  const [first, last] = [way[0]!, way.at(-1)!];
  const from = poseOf(start.objects, "cube").positionM;
  assert.deepEqual(poseOf(first.objects, "cube").positionM, from);
  assert.ok(first.toolM[2] > from[2] + 0.05 && first.openingM === 0.08);
  assert.ok(spec.errorM(last, goal) < 1e-9);
  const lifted = way.filter(({ objects }) => poseOf(objects, "cube").positionM[2] > from[2] + 0.05);
  assert.equal(lifted.length, 2);
  assert.ok(
    lifted.every(({ openingM }) => openingM! < 0.06),
    "held while it is in the air",
  );
});

test("a planner is led from one to the next as the world comes to them, and to the goal at the end", async () => {
  const asked: PlanRequest[] = [];
  const solver: Solver = {
    name: "asked",
    budget: { samples: 1, iterations: 1, horizon: 1, deadlineMs: 1 },
    async plan(request) {
      asked.push(request);
      return planFrom(0);
    },
    async [Symbol.asyncDispose]() {},
  };
  let now: WorldState = { ...start, openingM: 0.08 };
  const led = ledBy(
    solver,
    spec,
    way.map((waypoint, i) => ({ waypoint, latent: Float32Array.of(i) })),
    async () => now,
  );
  const request: PlanRequest = { latent: Float32Array.of(0), goal: Float32Array.of(99), goalPositionM: [0, 0, 0], warmStart: null };
  for (const state of [now, way[0]!, now, way[1]!, way[2]!, ...way.slice(3)]) {
    now = state;
    await led.plan(request, createRng(1));
  }
  assert.deepEqual(
    asked.map(({ kept }) => kept!.subgoal[0]),
    [0, 1, 1, 2, 3, 4, 5, 6, 7, 99],
  );
  assert.ok(
    asked.every((each) => each.goal === request.goal),
    "the prior sees the goal all the while",
  );
});
