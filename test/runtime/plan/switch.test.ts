/** Switches outside the planners: chance draws one of two, and the policy is imagined as one of two but answers what it has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { displacementAxes } from "../../../runtime/core/model.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { createPolicySolver } from "../../../runtime/plan/policy.ts";
import { createRandomSolver } from "../../../runtime/plan/random.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { START_M } from "../../contracts/point-mass.ts";
import { requestTo, sessions } from "../../contracts/solver.ts";
import { TINY_LATENT_DIM, TINY_MEAN_M, TINY_SCALE_M, TINY_STD_M, writeTinyModel } from "../../helpers/tiny-model.ts";

const proprioception = ["tool.x", "tool.y", "tool.z"].map((name, i) => ({ name, unit: "m", mean: TINY_MEAN_M[i]!, std: TINY_STD_M[i]! }));
const axes = displacementAxes({ axes: ["x", "y", "z"], scaleM: TINY_SCALE_M }).map((axis) =>
  axis.name === "z" ? { ...axis, kind: "switch" as const } : axis,
);
const model = await loadModelPackage(
  writeTinyModel({ axes: ["x", "y", "z"], spec: { contract: 2, action: undefined, axes, proprioception } }),
);
const skill = { name: "test", terms: { image: [{ term: "critic", weight: 1, unit: "decisions" }] }, constraints: [] };
const common = { package: model, skill, goalKind: "image" as const, sessions, horizon: 8 };
const onSwitch = (actions: Float32Array): number[] => Array.from({ length: 8 }, (_, step) => actions[3 * step + 2]!);

test("chance draws a switch as one of two, and both of them", async () => {
  await using solver = await createRandomSolver(common);
  const { actions } = await solver.plan(requestTo(START_M), createRng(1));
  assert.deepEqual([...new Set(onSwitch(actions))].sort(), [-1, 1]);
  assert.ok(actions.some((value) => Math.abs(value) < 1));
});

test("a policy that hovers is imagined as one of two, and answers as it hovers", async () => {
  await using solver = await createPolicySolver(common);
  const nearM = [START_M[0], START_M[1], START_M[2] + 0.1 * TINY_SCALE_M] as const;
  const { actions, predicted } = await solver.plan(requestTo(nearM), createRng(1));
  assert.ok(Math.abs(onSwitch(actions)[0]! - 0.1) < 1e-4, `the policy answers ${onSwitch(actions)[0]}`);
  const [first, second] = [predicted[2]!, predicted[TINY_LATENT_DIM + 2]!]; // Of a step each, up and down again.
  assert.ok(Math.abs(first - START_M[2] / TINY_SCALE_M - 1) < 1e-4 && Math.abs(second - START_M[2] / TINY_SCALE_M) < 1e-4);
});
