/** The planners that an adversary asks are the agent's own: the same plan for the same weights, given as inputs instead of built in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BUDGET, openPlanners } from "../../../../../launch/measure/bench/guards/planners.ts";
import { ManualClock } from "../../../../../runtime/core/clock.ts";
import { createRng } from "../../../../../runtime/core/rng.ts";
import type { TermSpec } from "../../../../../runtime/core/skill.ts";
import { openSession } from "../../../../../runtime/graph/session.ts";
import { boundedSkill } from "../../../../../runtime/plan/bounded-skill.ts";
import { createSolver, type SolverName } from "../../../../../runtime/plan/plan-solver.ts";
import { TERMS } from "../../../../../runtime/plan/terms.ts";
import { loadModelPackage } from "../../../../../runtime/predict/model-package.ts";
import { reach } from "../../../../../skills/reach/skill.ts";
import { TINY_SCALE_M, tinyLatent, writeTinyModel } from "../../../../helpers/tiny-model.ts";

const workspace = { minM: [0.3, -0.25, 0], maxM: [0.65, 0.25, 0.6], tableZM: 0, tableClearanceM: 0.01 } as const;
const goalPositionM = [0.6, 0.1, 0.2] as const;
const request = {
  latent: tinyLatent([0.5, 0, 0.3]),
  goal: Float32Array.from([...goalPositionM.map((x) => x / TINY_SCALE_M), 0, 0, 0]),
  goalPositionM,
  warmStart: null,
};

test("weights that are given as inputs make the plan that the same weights make that are built in, solver by solver", async () => {
  const model = await loadModelPackage(writeTinyModel({ axes: ["x", "y", "z"] }));
  await using planners = await openPlanners(model, reach, workspace);
  const weights = planners.terms.map((_, index) => 10 ** (index - 5));
  const terms = planners.terms.map((term, index) => ({ term, weight: weights[index]!, unit: TERMS[term]!.unit }) as TermSpec);
  const skill = { ...boundedSkill(reach, workspace), terms: { tool: terms } };
  for (const [which, name] of (planners.names as readonly SolverName[]).entries()) {
    await using solver = await createSolver({
      ...{ name, package: model, skill, goalKind: "tool", budget: BUDGET, clock: new ManualClock(), adaptive: false },
      sessions: { open: (bytes, options = {}) => openSession(bytes, { ...options, provider: "cpu", threads: 1 }) },
    });
    const own = await solver.plan(request, createRng(3));
    const asked = await planners.plan(which, request, weights, createRng(3));
    const apart = own.actions.map((value, i) => Math.abs(value - asked.actions[i]!));
    assert.ok(Math.max(...apart) < 1e-5, `${name}: ${own.actions} and ${asked.actions}`);
    assert.ok(Math.abs(own.cost - asked.cost) <= 1e-4 * Math.abs(own.cost), `${name}: cost ${own.cost} and ${asked.cost}`);
    const others = await planners.plan(
      which,
      request,
      weights.map(() => 0),
      createRng(3),
    );
    assert.equal(others.cost, 0, `${name} heeds the weights that it is given`);
  }
});
