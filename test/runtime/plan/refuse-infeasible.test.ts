/** When a planner refuses: what breaks a constraint is no plan, and what brings a tool back from outside is one. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SystemClock } from "../../../runtime/core/clock.ts";
import type { AgentError } from "../../../runtime/core/errors.ts";
import type { ModelPackage } from "../../../runtime/core/model.ts";
import type { Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { ConstraintSpec } from "../../../runtime/core/skill.ts";
import { createSolver } from "../../../runtime/plan/plan-solver.ts";
import { refuseInfeasible } from "../../../runtime/plan/refuse-infeasible.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { START_M } from "../../contracts/point-mass.ts";
import { requestTo, sessions } from "../../contracts/solver.ts";
import { writeTinyModel } from "../../helpers/tiny-model.ts";

const opened: Solver[] = [];
let model: ModelPackage;
before(async () => {
  model = await loadModelPackage(writeTinyModel());
});
after(() => Promise.all(opened.map((solver) => solver[Symbol.asyncDispose]())));

const box = (minX: number, maxX: number): ConstraintSpec => ({
  constraint: "workspace",
  params: { minM: [minX, -1, 0], maxM: [maxX, 1, 1] },
});

async function planner(terms: "critic" | "effort", constraints: readonly ConstraintSpec[]) {
  const skill = { name: "test", terms: { image: [{ term: terms, weight: 1, unit: terms === "critic" ? "decisions" : "1" }] }, constraints };
  const budget = { samples: 64, iterations: 3, horizon: 4, deadlineMs: 1000 };
  const options = { package: model, skill, goalKind: "image" as const, budget, sessions, clock: new SystemClock(), adaptive: false };
  const bare = await createSolver({ ...options, name: "cem" });
  opened.push(bare);
  return { bare, solver: refuseInfeasible(bare, options, model.spec) };
}

test("a best plan that breaks a constraint is plan.infeasible, with the constraint, by how much, and the unit", async () => {
  const crawl: ConstraintSpec = { constraint: "tool-speed", params: { maxMPerS: 0.001 } };
  const { solver, bare } = await planner("critic", [box(0, 1), crawl]);
  const fast = requestTo([0.62, 0, 0.03], new Float32Array(8).fill(1)); // Everything is drawn around full speed.
  assert.ok((await bare.plan(fast, createRng(1))).violation > 0);
  await assert.rejects(solver.plan(fast, createRng(1)), (error: AgentError) => {
    assert.equal(error.code, "plan.infeasible");
    assert.match(
      error.message,
      /^plan cem: the best plan breaks constraint "tool-speed" by 0\.\d{4} m\/s, must be at most 0\.00001 m\/s; /,
    );
    return true;
  });
});

test("a feasible plan is the bare solver's, to the last bit", async () => {
  const { solver, bare } = await planner("critic", [box(0, 1)]);
  const goal = requestTo([0.55, 0, 0.03]);
  assert.deepEqual(await solver.plan(goal, createRng(1)), await bare.plan(goal, createRng(1)));
});

test("a tool that starts outside its workspace gets the plan that brings it back", async () => {
  const [startX] = START_M;
  const { solver } = await planner("critic", [box(startX + 0.05, 1)]);
  const plan = await solver.plan(requestTo([0.62, 0, 0.03]), createRng(1));
  assert.ok(plan.violation > 0, "one decision of 3 cm cannot be inside at once");
  assert.ok(plan.violation < 0.05, `comes nearer: ${plan.violation} m`);
});
