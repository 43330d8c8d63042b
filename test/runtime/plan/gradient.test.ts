import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { ConstraintSpec, TermSpec } from "../../../runtime/core/skill.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { createSolver, type SolverOptions } from "../../../runtime/plan/plan-solver.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { START_M } from "../../contracts/point-mass.ts";
import { requestTo, sessions } from "../../contracts/solver.ts";
import { TINY_LATENT_DIM, writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const CRITIC: TermSpec = { term: "critic", weight: 1, unit: "decisions" };

/** A descent with few starts near doing nothing: what it finds, it finds by the slope. */
function open(steps: number, constraints: readonly ConstraintSpec[] = [], options: Partial<SolverOptions> = {}) {
  return createSolver({
    name: "gradient",
    package: model,
    skill: { name: "test", terms: { image: [CRITIC] }, constraints },
    goalKind: "image",
    budget: { samples: 8, iterations: steps, horizon: 4, deadlineMs: 1000 },
    initialStd: 0.02,
    sessions,
    clock: new SystemClock(),
    adaptive: false,
    ...options,
  });
}

describe("planning by gradient descent", () => {
  it("comes nearer the optimum with more steps, and all but to it", async () => {
    const goalM: Vec3 = [0.56, -0.05, 0.03];
    const costs: number[] = [];
    for (const steps of [1, 4, 16]) {
      await using solver = await open(steps);
      costs.push((await solver.plan(requestTo(goalM), createRng(1))).cost);
    }
    const [one, four, many] = costs as [number, number, number];
    assert.ok(one > four && four > many && many < 0.02, `${costs}`);
  });

  it("stops at a constraint that its slope leads through", async () => {
    const fence: ConstraintSpec = { constraint: "workspace", params: { minM: [0, -1, 0], maxM: [0.53, 1, 1] } };
    await using solver = await open(16, [fence]);
    const plan = await solver.plan(requestTo([0.59, 0, 0.03]), createRng(1));
    assert.ok(plan.violation <= 0, `violates by ${plan.violation} m`);
    assert.ok(plan.cost < 2.2, `ends ${plan.cost} decisions from the goal, the fence 2`);
  });

  it("stays where it is at the goal, where the slope of a distance is not defined", async () => {
    await using solver = await open(6, [{ constraint: "tool-speed", params: { maxMPerS: 0.2 } }], {
      skill: { name: "test", terms: { image: [CRITIC, { term: "tool-distance", weight: 1, unit: "m" }] }, constraints: [] },
    });
    const plan = await solver.plan(requestTo(START_M), createRng(1));
    assert.equal(plan.cost, 0);
    assert.deepEqual(plan.actions, new Float32Array(8));
  });

  it("refuses a model that holds an operator it cannot go back through, and names both", async () => {
    const g = new Graph("odd");
    const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
    g.input("action", "float32", [-1, 2]);
    g.output("next", g.op("Hardmax", [latent], [{ dtype: "float32", shape: latent.shape }])[0]!);
    const odd = await loadModelPackage(writeTinyModel({ networks: { predictor: g.toBytes() } }));
    await assert.rejects(open(1, [], { package: odd }), (error: { code: string; message: string }) => {
      assert.equal(error.code, "model.mismatch");
      assert.match(
        error.message,
        /^\S+ predictor: node "node_Hardmax_\d+" \(Hardmax\): cannot be traced; use a solver without gradients, or /,
      );
      return true;
    });
  });
});
