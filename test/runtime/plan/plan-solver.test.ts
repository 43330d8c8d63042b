import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock, SystemClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { openSessionWorker } from "../../../runtime/graph/session-host.ts";
import type { SessionHost } from "../../../runtime/plan/plan-session.ts";
import { createSolver, type SolverOptions } from "../../../runtime/plan/plan-solver.ts";
import { createPolicySolver } from "../../../runtime/plan/policy.ts";
import { createRandomSolver } from "../../../runtime/plan/random.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { START_M } from "../../contracts/point-mass.ts";
import { requestTo, sessions } from "../../contracts/solver.ts";
import { writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const skill: SolverOptions["skill"] = {
  name: "test",
  terms: { image: [{ term: "critic", weight: 1, unit: "decisions" }], object: [{ term: "object-distance", weight: 1, unit: "m" }] },
  constraints: [],
};
const budget = { samples: 64, iterations: 2, horizon: 3, deadlineMs: 40 };
const base: SolverOptions = { name: "cem", package: model, skill, goalKind: "image", budget, sessions, clock: new SystemClock() };

/** Sessions on which a plan takes `msPerCandidate` of a manual clock for each candidate. */
function slowSessions(clock: ManualClock, msPerCandidate: () => number): SessionHost {
  return {
    async open(bytes, options) {
      const session = await sessions.open(bytes, options);
      return {
        ...session,
        inputs: session.inputs,
        outputs: session.outputs,
        run(feeds) {
          clock.advance((feeds["noise"]?.shape[1] ?? 0) * msPerCandidate());
          return session.run(feeds);
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
}

describe("planner within a deadline", () => {
  it("uses all candidates while they meet it, fewer as soon as they do not, and all again once the machine is free", async () => {
    const clock = new ManualClock();
    let msPerCandidate = 0.5;
    await using solver = await createSolver({ ...base, clock, sessions: slowSessions(clock, () => msPerCandidate) });
    const samples = async (): Promise<number> => (await solver.plan(requestTo([0.55, 0, 0.03]), createRng(1))).stats.samples;
    assert.equal(await samples(), 64, "32 ms meet 40 ms");
    msPerCandidate = 1;
    assert.equal(await samples(), 64, "not yet known to be slow");
    assert.equal(await samples(), 32, "64 ms do not meet 40 ms, 32 ms do");
    msPerCandidate = 4;
    assert.equal(await samples(), 32);
    assert.equal(await samples(), 16, "nothing meets it: the smallest");
    msPerCandidate = 0.5;
    const recovery: number[] = [];
    for (let plan = 0; plan < 20; plan++) recovery.push(await samples());
    assert.equal(recovery.at(-1), 64);
    assert.ok(
      recovery.slice(1).every((size, i) => size >= recovery[i]!),
      `grows step by step: ${recovery}`,
    );
  });

  it("starts with fewer when warming up already shows that all are too many", async () => {
    const clock = new ManualClock();
    await using solver = await createSolver({ ...base, clock, sessions: slowSessions(clock, () => 1) });
    assert.equal((await solver.plan(requestTo(START_M), createRng(1))).stats.samples, 32);
  });

  it("plans with as many as a recording tells, the same bytes as a planner of that size; where it has no such size, with all", async () => {
    await using whole = await createSolver({ ...base, adaptive: false });
    await using half = await createSolver({ ...base, budget: { ...budget, samples: 32 }, adaptive: false });
    const request = requestTo(START_M);
    const told = await whole.plan({ ...request, candidates: 32 }, createRng(5));
    assert.deepEqual(told, await half.plan(request, createRng(5)));
    for (const candidates of [64, 31, 1e9]) assert.equal((await whole.plan({ ...request, candidates }, createRng(5))).stats.samples, 64);
  });

  it("never changes its size when it must be reproducible", async () => {
    const clock = new ManualClock();
    await using solver = await createSolver({ ...base, clock, adaptive: false, sessions: slowSessions(clock, () => 100) });
    for (let plan = 0; plan < 3; plan++) assert.equal((await solver.plan(requestTo(START_M), createRng(plan))).stats.samples, 64);
  });
});

describe("planner in a worker thread", () => {
  it("plans the same bytes as in this thread", async () => {
    await using worker = openSessionWorker({ threads: 1 });
    const inWorker: SessionHost = { open: (bytes, options) => worker.open(bytes, { ...options, provider: "cpu" }) };
    await using here = await createSolver({ ...base, adaptive: false });
    await using there = await createSolver({ ...base, adaptive: false, sessions: inWorker });
    const request = requestTo([0.54, 0.02, 0.03]);
    assert.deepEqual(await there.plan(request, createRng(3)), await here.plan(request, createRng(3)));
  });
});

describe("planner options", () => {
  it("refuse a budget that cannot be compiled", async () => {
    const refuse = (part: Partial<typeof budget>, message: string) =>
      assert.rejects(createSolver({ ...base, budget: { ...budget, ...part } }), { code: "launch.invalid", message });
    await refuse({ samples: 0 }, "planner cem: samples 0 is not a whole number in 1..4096; change the budget");
    await refuse({ horizon: 2.5 }, "planner cem: horizon 2.5 is not a whole number in 1..64; change the budget");
    await refuse({ iterations: 33 }, "planner cem: iterations 33 is not a whole number in 1..32; change the budget");
    await refuse({ deadlineMs: Number.NaN }, "planner cem: deadlineMs NaN ms is not above 0; change the budget");
  });

  it("refuse what the package has no network for", async () => {
    const bare = await loadModelPackage(writeTinyModel({ networks: { policy: null, probe: null } }));
    const message = (role: string): string => `model package tiny: has no ${role}.onnx; add one or plan without it`;
    await assert.rejects(createSolver({ ...base, package: bare, proposals: true }), { code: "model.mismatch", message: message("policy") });
    await assert.rejects(createSolver({ ...base, package: bare, goalKind: "object" }), {
      code: "model.mismatch",
      message: message("probe"),
    });
    await assert.rejects(async () => createPolicySolver({ ...base, package: bare, horizon: 3 }), {
      code: "model.mismatch",
      message: message("policy"),
    });
  });

  it("plan with three axes where the package has three", async () => {
    const reaching = await loadModelPackage(writeTinyModel({ axes: ["x", "y", "z"] }));
    await using solver = await createSolver({ ...base, package: reaching, proposals: true, adaptive: false });
    const plan = await solver.plan(requestTo([0.53, 0.03, 0.09]), createRng(1));
    assert.equal(plan.actions.length, 9);
    assert.ok(plan.cost < 0.2, `ends ${plan.cost} decisions from the goal`);
  });
});

describe("policy alone", () => {
  it("does what the policy says and shows where that leads", async () => {
    await using solver = await createPolicySolver({ ...base, horizon: 3 });
    const plan = await solver.plan(requestTo([0.545, -0.03, 0.03]), createRng(1));
    const expected = [1, -1, 0.5, 0, 0, 0];
    for (const [i, action] of plan.actions.entries()) assert.ok(Math.abs(action - expected[i]!) < 1e-4, `action ${i} is ${action}`);
    assert.ok(plan.cost < 1e-4);
    assert.deepEqual(plan.stats, { modelCalls: 3, iterations: 0, samples: 1, eliteCostMean: plan.cost });
  });

  it("stays within the bounds", async () => {
    await using solver = await createPolicySolver({ ...base, horizon: 2, bounds: { low: [-0.5, -0.25], high: [0.5, 0.25] } });
    const { actions } = await solver.plan(requestTo([0.7, -0.2, 0.03]), createRng(1));
    assert.deepEqual([...actions], [0.5, -0.25, 0.5, -0.25]);
  });
});

describe("random actions", () => {
  it("fill the bounds and nothing else, and repeat with the seed", async () => {
    await using solver = await createRandomSolver({ ...base, horizon: 64, bounds: { low: [-0.5, 0], high: [0.5, 1] } });
    const plan = await solver.plan(requestTo(START_M), createRng(5));
    const [xs, ys] = [plan.actions.filter((_, i) => i % 2 === 0), plan.actions.filter((_, i) => i % 2 === 1)];
    assert.ok(Math.min(...xs) >= -0.5 && Math.min(...xs) < -0.4 && Math.max(...xs) <= 0.5 && Math.max(...xs) > 0.4);
    assert.ok(Math.min(...ys) >= 0 && Math.min(...ys) < 0.1 && Math.max(...ys) <= 1 && Math.max(...ys) > 0.9);
    assert.deepEqual(await solver.plan(requestTo(START_M), createRng(5)), plan);
  });
});
