/** The planner on two levels: where flat planning stays where it is, what it keeps, what its candidates may be, and what it refuses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { CHUNK_DECISIONS, type ModelPackage } from "../../../runtime/core/model.ts";
import type { Plan, PlanRequest, Solver } from "../../../runtime/core/planning.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { add, concat, log, mul, reshape, slice, sub } from "../../../runtime/graph/ops.ts";
import { HIERARCHICAL_DEFAULTS, type HierarchicalOptions } from "../../../runtime/plan/hierarchical.ts";
import { createSolver, type SolverOptions } from "../../../runtime/plan/plan-solver.ts";
import { sessions } from "../../contracts/solver.ts";
import { type Fetch, fetchGoal, fetchLatent, fetchModel, fetchStep } from "../../helpers/fetch-world.ts";

const START: Fetch = { hand: 0, thing: 10, grip: 1 };
const GOAL: Fetch = { hand: 0, thing: 0, grip: 1 };
const model = await fetchModel();

const open = (options: Partial<HierarchicalOptions> = {}, more: Partial<SolverOptions> = {}): Promise<Solver> =>
  createSolver({
    name: "hierarchical",
    package: model,
    skill: { name: "fetch", terms: { image: [{ term: "critic", weight: 1, unit: "decisions" }] }, constraints: [] },
    goalKind: "image",
    budget: { samples: 40, iterations: 3, horizon: 5, deadlineMs: 1000 },
    sessions,
    clock: new SystemClock(),
    adaptive: false,
    proposals: true,
    hierarchical: { ...HIERARCHICAL_DEFAULTS, ...options },
    ...more,
  });

const request = (now: Fetch, goal = GOAL, more: Partial<PlanRequest> = {}): PlanRequest => ({
  latent: fetchLatent(now),
  goal: fetchGoal(goal),
  goalPositionM: [0, 0, 0],
  warmStart: null,
  ...more,
});

const keptOf = ({ subgoal, subgoalDecisions }: Plan): NonNullable<PlanRequest["kept"]> => ({
  subgoal: subgoal!,
  decisions: subgoalDecisions!,
});

/** Acts so many decisions, each plan going on from the one before as the agent has it. */
async function act(solver: Solver, decisions: number): Promise<{ readonly end: Fetch; readonly plans: readonly Plan[] }> {
  const rng = createRng(1);
  const plans: Plan[] = [];
  let now = START;
  for (let i = 0; i < decisions; i++) {
    const before = plans.at(-1);
    const plan = await solver.plan(request(now, GOAL, { kept: before?.subgoal ? keptOf(before) : null }), rng);
    now = fetchStep(now, plan.actions.subarray(0, 2));
    plans.push(plan);
  }
  return { end: now, plans };
}

describe("a thing that must be fetched before it can be brought", () => {
  it("is brought and let go of by planning towards subgoals", async () => {
    await using solver = await open();
    const { end } = await act(solver, 40);
    assert.ok(Math.abs(end.thing) < 0.5 && end.grip === 1, `ends at ${JSON.stringify(end)}`);
  });

  it("stays where it is when nothing but the goal is planned towards, by chunks of the same prior or by searching", async () => {
    const searching: Partial<SolverOptions> = { name: "cem", budget: { samples: 256, iterations: 4, horizon: 5, deadlineMs: 1000 } };
    for (const flat of [await open({ subgoals: 0 }), await open({}, searching)]) {
      await using solver = flat;
      assert.equal((await act(solver, 40)).end.thing, START.thing, solver.name);
    }
  });

  it("plans the same bytes twice, subgoals and who decided with them", async () => {
    await using one = await open({ refits: 1 });
    await using other = await open({ refits: 1 });
    assert.deepEqual((await act(one, 12)).plans, (await act(other, 12)).plans);
  });
});

describe("a subgoal", () => {
  it("is kept for two decisions, then drawn anew", async () => {
    await using solver = await open();
    const { plans } = await act(solver, 5);
    assert.deepEqual(
      plans.map(({ subgoalDecisions }) => subgoalDecisions),
      [1, 2, 1, 2, 1],
    );
    const [first, second, third] = plans.map(({ subgoal }) => subgoal);
    assert.deepEqual(second, first);
    assert.notDeepEqual(third, first);
  });

  it("is drawn anew after a surprise", async () => {
    await using solver = await open();
    const kept = { subgoal: fetchGoal({ hand: 3, thing: 10, grip: 1 }), decisions: 1 };
    const rely = await solver.plan(request(START, GOAL, { kept }), createRng(1));
    assert.deepEqual(rely.subgoal, kept.subgoal);
    const anew = await solver.plan(request(START, GOAL, { kept, isSurprised: true }), createRng(1));
    assert.equal(anew.subgoalDecisions, 1);
    assert.ok(Math.abs(anew.subgoal![0]! - 10) < 1, `goes to ${anew.subgoal}`);
  });

  it("is the goal where that is near", async () => {
    await using near = await open();
    const plan = await near.plan(request({ hand: 1, thing: 0, grip: 1 }), createRng(1));
    assert.deepEqual(plan.subgoal, fetchGoal(GOAL));
  });

  it("is the nearest of those that were drawn where none is in reach", async () => {
    await using short = await open({ reachDecisions: 2, subgoals: 64 });
    const [hand, thing] = (await short.plan(request(START), createRng(1))).subgoal!;
    assert.ok(hand! < 10 && Math.abs(thing! - 10) < 0.5, `goes to ${hand}, ${thing}`);
  });

  it("holds nothing that is felt", async () => {
    await using solver = await open();
    const { subgoal } = await solver.plan(request(START), createRng(1));
    assert.deepEqual([...subgoal!.subarray(3)], [0, 0, 0]);
  });
});

describe("candidates", () => {
  it("never leave the bounds, and change a switch once at most, from any seed and warm start", async () => {
    const bounds = { low: [-0.5, -1], high: [0.25, 1] };
    await using solver = await open({ refits: 2, habitBeyondDecisions: 1000 }, { bounds });
    for (let seed = 0; seed < 40; seed++) {
      const rng = createRng(seed);
      const warmStart = rng.fillNormal(new Float32Array(2 * CHUNK_DECISIONS));
      const now: Fetch = { hand: rng.between(-9, 9), thing: rng.between(-9, 9), grip: 1 };
      const { actions } = await solver.plan(request(now, GOAL, { warmStart }), rng);
      const steps = Array.from({ length: CHUNK_DECISIONS }, (_, step) => [actions[2 * step]!, actions[2 * step + 1]!] as const);
      assert.ok(
        steps.every(([move]) => move >= -0.5 && move <= 0.25),
        `${actions}`,
      );
      assert.ok(
        steps.every(([, grip]) => grip === -1 || grip === 1),
        `${actions}`,
      );
      const changes = steps.slice(1).filter(([, grip], i) => grip !== steps[i]![1]).length;
      assert.ok(changes <= 1, `${changes} changes in ${actions}`);
    }
  });

  it("follow the nearest pattern of a chattering warm start", async () => {
    await using solver = await open({ subgoals: 0 }, { package: await fetchModel({ prior: steady(0, 1), policy: away() }) });
    const warmStart = Float32Array.of(1, -0.9, 1, 0.2, 1, -0.8, 1, -0.7); // Closed, but for a flicker.
    const goal: Fetch = { hand: 4, thing: 4, grip: -1 };
    const { actions, decider } = await solver.plan(request({ hand: 0, thing: 0, grip: 1 }, goal, { warmStart }), createRng(1));
    assert.equal(decider, "warm-start");
    assert.deepEqual([...actions], [1, -1, 1, -1, 1, -1, 1, -1]);
  });

  it("of the habit alone act while the goal is far, whatever they cost, unless the world surprised or a constraint forbids", async () => {
    const astray = await fetchModel({ policy: away() });
    await using solver = await open({ habitBeyondDecisions: 5 }, { package: astray });
    assert.equal((await solver.plan(request(START), createRng(1))).decider, "habit");
    assert.notEqual((await solver.plan(request(START, GOAL, { isSurprised: true }), createRng(1))).decider, "habit");
    assert.notEqual((await solver.plan(request({ hand: 0, thing: 4, grip: 1 }), createRng(1))).decider, "habit");
    const fence = { constraint: "workspace", params: { minM: [-0.01, -1, -1], maxM: [1, 1, 1] } };
    const skill = { name: "fenced", terms: { image: [{ term: "critic", weight: 1, unit: "decisions" }] }, constraints: [fence] };
    await using fenced = await open({ habitBeyondDecisions: 5 }, { package: astray, skill });
    const plan = await fenced.plan(request(START), createRng(1));
    assert.ok(plan.decider !== "habit" && plan.violation <= 0, `${plan.decider}, ${plan.violation}`);
  });
});

describe("what is offered", () => {
  const goal: Fetch = { hand: 4, thing: 4, grip: -1 };
  const now: Fetch = { hand: 0, thing: 0, grip: 1 };
  const there = Float32Array.of(1, -1, 1, -1, 1, -1, 1, -1);
  const away_ = Float32Array.of(-1, 1, -1, 1, -1, 1, -1, 1);

  it("is taken where it is better than what prior, habit and warm start propose", async () => {
    await using solver = await open({ subgoals: 0 }, { package: await fetchModel({ prior: steady(0, 1), policy: away() }), offered: 2 });
    const { actions, decider } = await solver.plan(request(now, goal, { offered: [away_, there] }), createRng(1));
    assert.equal(decider, "memory");
    assert.deepEqual(actions, there);
  });

  it("changes nothing where it is worse", async () => {
    await using solver = await open({}, { offered: 2 });
    for (let seed = 1; seed <= 5; seed++) {
      const without = await solver.plan(request(START), createRng(seed));
      const plan = await solver.plan(request(START, GOAL, { offered: [away_] }), createRng(seed));
      assert.deepEqual([plan.actions, plan.decider], [without.actions, without.decider]);
    }
  });
});

describe("what it refuses", () => {
  it("is a network of which anything is not finite", async () => {
    for (const role of ["prior", "subgoal", "policy", "critic"] as const) {
      await using solver = await open({}, { package: await fetchModel({ [role]: rootOf(role) }) });
      await assert.rejects(solver.plan(request(START), createRng(1)), { code: "model.not-finite" }, role);
    }
  });

  it("is a goal that is a position, and a model without its networks", async () => {
    const skill = { name: "fetch", terms: { object: [{ term: "object-distance", weight: 1, unit: "m" }] }, constraints: [] };
    await assert.rejects(open({}, { goalKind: "object", skill }), {
      code: "goal.mismatch",
      message: /a goal of kind "object" is a position/,
    });
    const bare: ModelPackage = { ...model, networks: { ...model.networks, prior: undefined } };
    await assert.rejects(open({}, { package: bare }), { code: "model.mismatch", message: /has no prior\.onnx/ });
  });
});

/** A prior that always does the same. */
function steady(move: number, grip: number): Uint8Array {
  const g = new Graph("steady prior");
  for (const name of ["latent", "goal"]) g.input(name, "float32", [-1, 6]);
  const nothing = mul(g, g.input("noise", "float32", [-1, 2 * CHUNK_DECISIONS]), 0);
  const chunk = Float32Array.from({ length: 2 * CHUNK_DECISIONS }, (_, i) => (i % 2 === 0 ? move : grip));
  g.output("chunk", reshape(g, add(g, nothing, g.constant(chunk)), [-1, CHUNK_DECISIONS, 2]));
  return g.toBytes();
}

/** A habit that goes the other way. */
function away(): Uint8Array {
  const g = new Graph("policy away");
  const latent = g.input("latent", "float32", [-1, 6]);
  g.input("goal", "float32", [-1, 6]);
  const nothing = mul(g, slice(g, latent, 1, 0, 1), 0);
  g.output("action", concat(g, [sub(g, nothing, 1), add(g, nothing, 1)], 1));
  return g.toBytes();
}

/** Networks that answer with the logarithm of a number below zero. */
function rootOf(role: "prior" | "subgoal" | "policy" | "critic"): Uint8Array {
  const g = new Graph(`broken ${role}`);
  const latent = g.input("latent", "float32", [-1, 6]);
  const goal = g.input("goal", "float32", [-1, 6]);
  const none = log(g, sub(g, mul(g, slice(g, add(g, latent, goal), 1, 0, 1), 0), 1)); // (n, 1)
  const wide = (size: number) => concat(g, new Array(size).fill(none), 1);
  switch (role) {
    case "prior":
      g.output("chunk", reshape(g, add(g, g.input("noise", "float32", [-1, 8]), wide(8)), [-1, CHUNK_DECISIONS, 2]));
      break;
    case "subgoal":
      g.output("subgoal", concat(g, [add(g, g.input("noise", "float32", [-1, 3]), wide(3)), mul(g, wide(3), 0)], 1));
      break;
    case "policy":
      g.output("action", wide(2));
      break;
    case "critic":
      g.output("cost", none);
      break;
  }
  return g.toBytes();
}
