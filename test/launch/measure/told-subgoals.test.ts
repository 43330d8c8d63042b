/** Subgoals that are told: one after the other as they are reached, and then the goal; to planners that sample some and to those that know of none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asSeen, ledBy, type Telling } from "../../../launch/measure/told-subgoals.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import type { GoalParts } from "../../../runtime/assemble/brain.ts";
import type { PlanRequest, Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { poseOf, type Trial, type WorldState } from "../../../runtime/core/trial.ts";
import { distanceM } from "../../../runtime/core/vec3.ts";
import { memoryless } from "../../../runtime/encode/memoryless.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { flatSubgoal } from "../../../runtime/plan/flat-subgoal.ts";
import { pickPlaceTrial } from "../../../skills/pick-place/trial.ts";
import { pushTrial } from "../../../skills/push/trial.ts";
import { planFrom } from "../../helpers/decision-stage.ts";

const spec = pickPlaceTrial(defaultScene);
const { start, goal } = spec.draw(createRng(3));
const way = spec.waypoints!({ ...start, openingM: 0.08 }, { ...goal, openingM: 0.08 });
const told = way.map((waypoint, i) => ({ waypoint, latent: Float32Array.of(i) }));
const GOAL = { latent: Float32Array.of(99), positionM: [0, 0, 0] } as const;
/** As the world comes to them, with a step back in between; the third is never seen. */
const seen: readonly WorldState[] = [{ ...start, openingM: 0.08 }, way[0]!, { ...start, openingM: 0.08 }, way[1]!, ...way.slice(3)];
const led = [0, 1, 1, 2, 4, 5, 6, 7, 99];

function partsOf(name: string): { readonly parts: GoalParts; readonly asked: PlanRequest[] } {
  const asked: PlanRequest[] = [];
  const solver: Solver = {
    name,
    budget: { samples: 1, iterations: 1, horizon: 1, deadlineMs: 1 },
    async plan(request) {
      asked.push(request);
      return planFrom(0);
    },
    async [Symbol.asyncDispose]() {},
  };
  const parts: GoalParts = {
    ...{ solver, goal: GOAL, subgoal: flatSubgoal, believer: memoryless({ encode: async () => Float32Array.of(0) }) },
    imagine: async (latent) => latent,
    judge: async () => ({ criticCost: null, toolToGoalM: null, objectToGoalM: null }),
    imaginedToolM: ({ predicted }) => predicted,
  };
  return { parts, asked };
}

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

test("a planner that keeps subgoals is told the one after all that were reached, and its prior sees the goal all the while", async () => {
  const { parts, asked } = partsOf("hierarchical");
  let now = seen[0]!;
  const { solver, subgoal } = ledBy(parts, spec, told, async () => now);
  for (const state of seen) {
    now = state;
    await solver.plan({ latent: Float32Array.of(0), goal: GOAL.latent, goalPositionM: [0, 0, 0], warmStart: null }, createRng(1));
  }
  assert.deepEqual(
    asked.map(({ kept }) => kept!.subgoal[0]),
    led,
  );
  assert.ok(asked.every((each) => each.goal === GOAL.latent));
  assert.equal(subgoal, flatSubgoal);
});

test("a planner that knows of no subgoals plans towards what it is told as if it were the goal", async () => {
  const { parts } = partsOf("cem");
  let now = seen[0]!;
  const { solver, subgoal } = ledBy(parts, spec, told, async () => now);
  const aims: (number | undefined)[] = [];
  for (const state of seen) {
    now = state;
    aims.push((await subgoal({ latent: Float32Array.of(0) }, GOAL)).latent[0]);
  }
  assert.deepEqual(aims, led);
  assert.equal(solver, parts.solver);
});

test("a model that sees is shown what each looks like with the arm standing there, one that is told the state is told it", async () => {
  using kinematics = await createKinematics(pandaSpec);
  const shown: Trial["goal"][] = [];
  const telling: Telling = {
    brain: { encoder: { encodeGoal: async () => Float32Array.of(shown.length) } as unknown as Telling["brain"]["encoder"] },
    world: {
      async reset(trial) {
        shown.push(trial.goal);
        return { goalFrames: [], truth: start };
      },
    },
    body: { kinematics },
    privilege: null,
  };
  const armRad = Float64Array.from(pandaSpec.homeRad);
  const trial: Trial = { start: { armRad, objects: start.objects }, goal: { armRad, ...goal } };
  const latents = (await asSeen(telling, trial, way)).map(({ latent }) => latent[0]);
  assert.deepEqual(latents, [1, 2, 3, 4, 5, 6, 7, 8]);
  for (const [i, { armRad, toolM, openingM }] of shown.entries()) {
    assert.ok(distanceM(kinematics.toolAt(armRad), way[i]!.toolM) < 1e-3);
    assert.deepEqual([toolM, openingM], [way[i]!.toolM, way[i]!.openingM]);
  }
  const privilege = { encodeGoal: async (_: WorldState, yawRad: number) => Float32Array.of(yawRad) } as unknown as NonNullable<
    Telling["privilege"]
  >;
  const [first] = await asSeen({ ...telling, privilege }, trial, way.slice(0, 1));
  assert.ok(Math.abs(first!.latent[0]! - way[0]!.yawRad) < 1e-6 && shown.length === 8);
  const far = { ...way[0]!, toolM: [2, 0, 0.1] as const };
  await assert.rejects(asSeen(telling, trial, [far]), {
    code: "goal.unreachable",
    message: /cannot have its tool at \(2\.000, 0\.000, 0\.100\) m; leave out/,
  });
});

test("of a push the thing alone must come to a subgoal, wherever the tool is", async () => {
  const push = pushTrial(defaultScene, [0.3, 0.4]);
  const drawn = push.draw(createRng(3));
  const straight = push.waypoints!(drawn.start, drawn.goal);
  let now: WorldState = drawn.start;
  const subgoals = straight.map((waypoint, i) => ({ waypoint, latent: Float32Array.of(i) }));
  const { subgoal } = ledBy(partsOf("cem").parts, push, subgoals, async () => now);
  const aim = async (): Promise<number | undefined> => (await subgoal({ latent: Float32Array.of(0) }, GOAL)).latent[0];
  assert.equal(await aim(), 0);
  now = { ...straight[1]!, toolM: drawn.start.toolM };
  assert.equal(await aim(), 2);
});
