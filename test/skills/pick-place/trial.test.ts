/** Trials of pick-place: how far, how the hand stands, and when a thing counts as placed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFunnel, funnelOf } from "../../../launch/measure/funnel.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { so101Spec } from "../../../robots/so101/spec.ts";
import { ur5eSpec } from "../../../robots/ur5e/spec.ts";
import { drawTrial } from "../../../runtime/assemble/draw-trial.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { poseOf, type WorldState } from "../../../runtime/core/trial.ts";
import { distanceM, type Vec3 } from "../../../runtime/core/vec3.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { pickPlaceTrial } from "../../../skills/pick-place/trial.ts";

const trial = pickPlaceTrial(defaultScene);

test("the thing is to end 8 to 20 cm away, on the table", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { start, goal } = trial.draw(createRng(seed));
    const [from, to] = [start, goal].map(({ objects }) => poseOf(objects, "cube").positionM);
    const movedM = distanceM(from!, to!);
    assert.ok(movedM >= 0.08 && movedM <= 0.2, `${movedM}`);
    assert.equal(to![2], from![2]);
  }
});

test("it begins and ends with an open hand, and an arm without one is refused by name", async () => {
  using kinematics = await createKinematics(pandaSpec);
  const drawn = drawTrial(trial, 7, { robot: pandaSpec, scene: defaultScene, kinematics });
  assert.deepEqual([drawn.start.openingM, drawn.goal.openingM], [0.08, 0.08]);
  const bare = [ur5eSpec, so101Spec].find(({ gripper }) => gripper === undefined);
  if (bare)
    assert.throws(
      () => drawTrial(trial, 7, { robot: bare, scene: defaultScene, kinematics }),
      /has no gripper; choose a robot that has one/,
    );
});

test("what is still held is not placed, wherever it is held", () => {
  const { goal } = trial.draw(createRng(3));
  const at: Vec3 = poseOf(goal.objects, "cube").positionM;
  const now = (toolM: Vec3, openingM: number): WorldState => ({ objects: goal.objects, toolM, openingM });
  assert.equal(trial.errorM(now(at, 0.08), goal), 0);
  assert.ok(trial.errorM(now(at, 0.05), goal) > trial.successM, "fingers around it");
  assert.equal(trial.errorM(now([at[0], at[1], at[2] + 0.1], 0.05), goal), 0, "closed, but elsewhere");
  const lifted = { ...goal.objects, cube: { ...poseOf(goal.objects, "cube"), positionM: [at[0], at[1], at[2] + 0.1] as Vec3 } };
  assert.ok(Math.abs(trial.errorM({ ...now(at, 0.08), objects: lifted }, goal) - 0.1) < 1e-9, "height counts");
});

test("an episode is followed through its stages: reached, fingers around, lifted, carried, placed, released", () => {
  const { start, goal } = trial.draw(createRng(3));
  const [from, to] = [start, goal].map(({ objects }) => poseOf(objects, "cube").positionM) as [Vec3, Vec3];
  const now = ([x, y, z]: Vec3, liftM: number, openingM: number, overM = 0): WorldState => ({
    objects: { cube: { positionM: [x, y, z + liftM], yawRad: 0 } },
    toolM: [x, y, z + liftM + overM],
    openingM,
  });
  const way: readonly (readonly [string, WorldState])[] = [
    ["none", now(from, 0, 0.08, 0.1)],
    ["reached", now(from, 0, 0.08)],
    ["fingers around", now(from, 0, 0.05)],
    ["lifted", now(from, 0.05, 0.05)],
    ["carried", now(to, 0.05, 0.05)],
    ["placed", now(to, 0.005, 0.05)],
    ["released", now(to, 0, 0.08)],
  ];
  const stages = trial.stages!;
  const funnel = createFunnel(stages, goal);
  for (const [stage, state] of way) {
    funnel.see(state);
    assert.equal(stages[funnel.passed - 1]?.name ?? "none", stage);
  }
  const pushed = createFunnel(stages, goal);
  for (const state of [now(from, 0, 0.08), now(to, 0, 0.08, 0.1)]) pushed.see(state);
  assert.equal(pushed.passed, 1, "what was pushed there was reached, and no more");
  const passages = [
    { passed: 6, success: true },
    { passed: 6, success: false },
    { passed: 3, success: false },
    { passed: 1, success: true },
  ];
  const counts = funnelOf(stages, passages);
  assert.deepEqual(Object.values(counts), [4, 3, 3, 2, 2, 2, 1]);
  assert.equal(Object.keys(counts).at(-1), "there at the end");
});
