/** The contract of every searching solver, on problems whose best plan is known: a point mass that moves exactly as told. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SystemClock } from "../../runtime/core/clock.ts";
import { displacementAxes, type ModelPackage } from "../../runtime/core/model.ts";
import type { PlanRequest, Solver } from "../../runtime/core/planning.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { ConstraintSpec, TermSpec } from "../../runtime/core/skill.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { openSession } from "../../runtime/graph/session.ts";
import { constraintOf } from "../../runtime/plan/constraints.ts";
import type { SessionHost } from "../../runtime/plan/plan-session.ts";
import type { SolverOptions } from "../../runtime/plan/plan-solver.ts";
import { termOf } from "../../runtime/plan/terms.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { rootPredictor, sidewaysCritic } from "../helpers/broken-nets.ts";
import { TINY_LATENT_DIM, TINY_MEAN_M, TINY_SCALE_M, TINY_STD_M, tinyLatent, writeTinyModel } from "../helpers/tiny-model.ts";
import { imagined, imaginedPath, START_M } from "./point-mass.ts";

const HORIZON = 4;
const BUDGET = { samples: 256, iterations: 5, horizon: HORIZON, deadlineMs: 1000 };
/** Too little to find the best plan. */
const POOR = { ...BUDGET, samples: 8, iterations: 1 };
const CRITIC: TermSpec = { term: "critic", weight: 1, unit: "decisions" };
const EFFORT: TermSpec = { term: "effort", weight: 0.01, unit: "1" };
/** Stands between the start and a goal two decisions ahead; ways round are 1.5 decisions aside. */
const WALL: ConstraintSpec = { constraint: "keep-out", params: { minM: [0.52, -0.02, 0], maxM: [0.54, 0.02, 0.1] } };
const BEYOND_WALL_M: Vec3 = [0.57, 0, 0.03];

/** One core each: the tests share the machine. */
export const sessions: SessionHost = { open: (bytes, options) => openSession(bytes, { ...options, provider: "cpu", threads: 1 }) };

export const requestTo = (goalM: Vec3, warmStart: Float32Array | null = null): PlanRequest => ({
  latent: tinyLatent(START_M),
  goal: tinyLatent(goalM).fill(0, 3),
  goalPositionM: goalM,
  warmStart,
});

export type MakeSolver = (options: Omit<SolverOptions, "name">) => Promise<Solver>;

/** Declares the suite for one solver; `futures` are what it imagines with 256 samples and 5 iterations: every candidate, then the finalists, one an iteration and the last mean. */
export function describeSolver(name: string, make: MakeSolver, futures = 256 * 5 + 6): void {
  describe(`solver contract: ${name}`, () => {
    let model: ModelPackage;
    const opened: Solver[] = [];
    before(async () => {
      model = await loadModelPackage(writeTinyModel());
    });
    after(() => Promise.all(opened.map((solver) => solver[Symbol.asyncDispose]())));

    const solver = async (
      terms: readonly TermSpec[],
      constraints: readonly ConstraintSpec[] = [],
      options: Partial<SolverOptions> = {},
    ): Promise<Solver> => {
      const made = await make({
        package: model,
        skill: { name: "test", terms: { image: terms }, constraints },
        goalKind: "image",
        budget: BUDGET,
        sessions,
        clock: new SystemClock(),
        adaptive: false,
        ...options,
      });
      opened.push(made);
      return made;
    };

    it("reaches a goal that the horizon can reach", async () => {
      const plan = await (await solver([CRITIC])).plan(requestTo([0.55, -0.04, 0.03]), createRng(1));
      assert.ok(plan.cost < 0.15, `ends ${plan.cost} decisions from the goal`);
    });

    it("plans a switch as one of two at every step, never between, and finds the pattern that reaches the goal", async () => {
      const package_ = await loadModelPackage(writeTinyModel({ axes: ["x", "y", "z"], spec: SWITCHING }));
      for (const [goalM, ups] of [
        [[0.53, 0, 0.03 + 2 * TINY_SCALE_M], 3],
        [[0.53, 0, 0.03 - 4 * TINY_SCALE_M], 0],
      ] as const) {
        const one = await solver([CRITIC], [], { package: package_, proposals: true });
        const plan = await one.plan(requestTo(goalM), createRng(1));
        const pattern = Array.from({ length: HORIZON }, (_, step) => plan.actions[3 * step + 2]!);
        assert.ok(
          pattern.every((value) => value === 1 || value === -1),
          `switch at ${pattern}`,
        );
        assert.equal(pattern.filter((value) => value === 1).length, ups);
        assert.ok(plan.cost < 0.3, `ends ${plan.cost} decisions from the goal`);
      }
    });

    it("finds a cost of zero when doing nothing is best, since the mean is itself a candidate", async () => {
      const plan = await (await solver([EFFORT])).plan(requestTo(START_M), createRng(1));
      assert.equal(plan.cost, 0);
      assert.deepEqual(plan.actions, new Float32Array(HORIZON * 2));
    });

    it("goes to the bound when the optimum lies beyond it", async () => {
      const plan = await (await solver([CRITIC])).plan(requestTo([0.5 + 20 * TINY_SCALE_M, 0, 0.03]), createRng(1));
      const optimum = 20 - HORIZON;
      assert.ok(plan.cost >= optimum - 1e-4 && plan.cost < optimum + 0.4, `costs ${plan.cost}, the optimum is ${optimum}`);
    });

    it("keeps every action within the bounds it is given, from any seed", async () => {
      const bounds = { low: [-0.2, -1], high: [0.4, 0.1] };
      const bounded = await solver([CRITIC], [], { bounds, proposals: true });
      for (let seed = 0; seed < 10; seed++) {
        const { actions } = await bounded.plan(requestTo([0.8, 0.4, 0.03]), createRng(seed));
        for (const [i, action] of actions.entries()) {
          assert.ok(action >= Math.fround(bounds.low[i % 2]!) && action <= Math.fround(bounds.high[i % 2]!), `action ${i} is ${action}`);
        }
      }
    });

    it("goes round what it must keep out of, where the shortest way leads through", async () => {
      const free = await (await solver([CRITIC, EFFORT])).plan(requestTo(BEYOND_WALL_M), createRng(3));
      assert.ok(constraintOf(WALL).plain(imagined(free, BEYOND_WALL_M)) > 0, "the unconstrained plan crosses the wall");
      const plan = await (await solver([CRITIC, EFFORT], [WALL])).plan(requestTo(BEYOND_WALL_M), createRng(3));
      assert.ok(plan.violation <= 0, `violates by ${plan.violation} m`);
      assert.ok(constraintOf(WALL).plain(imagined(plan, BEYOND_WALL_M)) < 1e-6);
      assert.ok(plan.cost < 2, `still gets on: ${plan.cost} of ${70 / 30} decisions remain`);
    });

    it("prefers a dear feasible plan to a cheap infeasible one", async () => {
      const fence: ConstraintSpec = { constraint: "workspace", params: { minM: [0, -1, 0], maxM: [0.53, 1, 1] } };
      const plan = await (await solver([CRITIC], [fence])).plan(requestTo([0.59, 0, 0.03]), createRng(1));
      assert.ok(plan.violation <= 0, `violates by ${plan.violation} m`);
      assert.ok(plan.cost >= 2 - 1e-4 && plan.cost < 2.2, `stands ${plan.cost} decisions from the goal, the fence 2`);
    });

    it("says by how much the least bad plan violates when none is feasible", async () => {
      const unreachable: ConstraintSpec = { constraint: "workspace", params: { minM: [0.7, -1, 0], maxM: [0.9, 1, 1] } };
      const plan = await (await solver([EFFORT], [unreachable])).plan(requestTo(START_M), createRng(1));
      // The worst step is the first; action 1 brings it to 0.53 m.
      assert.ok(plan.violation >= 0.17 - 1e-5 && plan.violation < 0.172, `violates by ${plan.violation} m`);
      assert.ok(plan.cost < 0.03, `the cost ${plan.cost} holds no penalty`);
    });

    it("plans the same bytes from the same seed, and others from another", async () => {
      const one = await solver([CRITIC, EFFORT], [WALL]);
      const [first, again, other] = [
        await one.plan(requestTo(BEYOND_WALL_M), createRng(7)),
        await one.plan(requestTo(BEYOND_WALL_M), createRng(7)),
        await one.plan(requestTo(BEYOND_WALL_M), createRng(8)),
      ];
      assert.deepEqual(again, first);
      assert.notDeepEqual(other.actions, first.actions);
      const fresh = await (await solver([CRITIC, EFFORT], [WALL])).plan(requestTo(BEYOND_WALL_M), createRng(7));
      assert.deepEqual(fresh, first);
    });

    it("never answers worse than its warm start, however small the budget", async () => {
      const goalM: Vec3 = [0.545, 0.03, 0.03];
      const optimal = Float32Array.from([1, 1, 0.5, 0, 0, 0, 0, 0]);
      const hurried = await solver([CRITIC], [], { budget: { ...BUDGET, samples: 6, iterations: 1 } });
      const cold = await hurried.plan(requestTo(goalM), createRng(2));
      const warm = await hurried.plan(requestTo(goalM, optimal), createRng(2));
      assert.ok(cold.cost > 0.1, `six candidates alone come to ${cold.cost}`);
      assert.ok(warm.cost < 1e-4, `with the optimum given: ${warm.cost}`);
    });

    it("takes the policy's proposals when they are better than chance", async () => {
      const budget = { ...BUDGET, samples: 8, iterations: 1 };
      const request = requestTo([0.545, 0.03, 0.03]);
      const alone = await (await solver([CRITIC], [], { budget })).plan(request, createRng(2));
      const advised = await (await solver([CRITIC], [], { budget, proposals: true })).plan(request, createRng(2));
      assert.ok(advised.cost < 1e-4 && alone.cost > 0.1, `advised ${advised.cost}, alone ${alone.cost}`);
    });

    it("shows the latents that its actions lead to", async () => {
      const { actions, predicted } = await (await solver([CRITIC])).plan(requestTo(BEYOND_WALL_M), createRng(4));
      const expected = imaginedPath(actions).flatMap((atM) => [...tinyLatent(atM)]);
      for (const [i, value] of predicted.entries())
        assert.ok(Math.abs(value - expected[i]!) < 1e-4, `entry ${i}: ${value}, ${expected[i]}`);
    });

    it("breaks its cost down into the terms that the catalogue evaluates alike outside the graph", async () => {
      const terms: TermSpec[] = [
        CRITIC,
        { term: "critic-path", weight: 0.5, unit: "decisions" },
        { term: "latent-distance", weight: 2, unit: "1" },
        { term: "tool-distance", weight: 3, unit: "m" },
        { term: "tool-path", weight: 3, unit: "m" },
        { term: "object-distance", weight: 4, unit: "m" },
        { term: "object-path", weight: 2, unit: "m" },
        { term: "push-stance", weight: 2, unit: "m" },
        { term: "effort", weight: 0.1, unit: "1" },
        { term: "uncertainty", weight: 0.3, unit: "1" },
        { term: "smoothness", weight: 0.2, unit: "1" },
      ];
      const goalM: Vec3 = [0.53, 0.05, 0.06];
      const plan = await (await solver(terms)).plan(requestTo(goalM), createRng(5));
      const sum = Object.values(plan.costTerms).reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(sum - plan.cost) < 1e-5, `terms sum to ${sum}, cost ${plan.cost}`);
      for (const spec of terms) {
        const plain = spec.weight * termOf(spec).plain(imagined(plan, goalM));
        const inGraph = plan.costTerms[spec.term]!;
        assert.ok(Math.abs(plain - inGraph) < 1e-4, `${spec.term}: ${inGraph} in the graph, ${plain} outside`);
      }
    });

    it("judges constraints in the graph as outside", async () => {
      for (const spec of [WALL, { constraint: "tool-speed", params: { maxMPerS: 0.05 } }, { constraint: "workspace", params: BOX }]) {
        const plan = await (await solver([CRITIC], [spec])).plan(requestTo(BEYOND_WALL_M), createRng(6));
        const plain = constraintOf(spec).plain(imagined(plan, BEYOND_WALL_M));
        assert.ok(Math.abs(plain - plan.violation) < 1e-5, `${spec.constraint}: ${plan.violation} in the graph, ${plain} outside`);
      }
    });

    it("counts what it did", async () => {
      const { stats } = await (await solver([CRITIC])).plan(requestTo(START_M), createRng(1));
      const { eliteCostMean, ...counts } = stats;
      assert.ok(Number.isFinite(eliteCostMean));
      assert.deepEqual(counts, { modelCalls: futures * HORIZON, iterations: 5, samples: 256 });
    });

    it("refuses a latent that is not finite", async () => {
      const one = await solver([CRITIC]);
      const request = requestTo(START_M);
      request.latent[2] = Number.NaN;
      await assert.rejects(one.plan(request, createRng(1)), {
        name: "AgentError",
        code: "model.not-finite",
        message: `${name} plan: latent entry 2 of ${TINY_LATENT_DIM} is NaN, must be finite; check what made it before planning`,
      });
    });

    it("takes what is offered where that is better than what it found, and says so", async () => {
      const one = await solver([CRITIC], [], { offered: 2, budget: POOR });
      const goalM: Vec3 = [START_M[0] + 2.5 * TINY_SCALE_M, START_M[1] - 1.5 * TINY_SCALE_M, START_M[2]];
      const there = Float32Array.of(1, -0.5, 1, -0.5, 0.5, -0.5, 0, 0);
      const plan = await one.plan({ ...requestTo(goalM), offered: [there] }, createRng(1));
      assert.equal(plan.decider, "memory");
      assert.deepEqual(plan.actions, there);
      assert.ok(plan.cost < 1e-3, `ends ${plan.cost} decisions from the goal`);
    });

    it("is not led away by what is offered and worse, or breaks a constraint: the plan is the one without it", async () => {
      const one = await solver([CRITIC], [WALL], { offered: 2, budget: POOR });
      const away = Float32Array.of(-1, 1, -1, 1, -1, 1, -1, 1);
      const throughTheWall = Float32Array.of(1, 0, 1, 0, 0.33, 0, 0, 0);
      for (let seed = 1; seed <= 5; seed++) {
        const without = await one.plan(requestTo(BEYOND_WALL_M), createRng(seed));
        const offered = await one.plan({ ...requestTo(BEYOND_WALL_M), offered: [away, throughTheWall] }, createRng(seed));
        assert.deepEqual(offered.actions, without.actions, `seed ${seed}`);
        assert.notEqual(offered.decider, "memory");
      }
    });

    it("never plans worse by its own reckoning for being offered something, and keeps that within the bounds", async () => {
      const bounds = { low: [-0.5, -1], high: [0.25, 1] };
      const one = await solver([CRITIC, EFFORT], [], { offered: 4, budget: POOR, bounds });
      const rng = createRng(3);
      for (let seed = 1; seed <= 20; seed++) {
        const request = requestTo([0.5 + rng.between(-0.1, 0.1), rng.between(-0.1, 0.1), 0.03]);
        const offered = Array.from({ length: 4 }, () => rng.fillNormal(new Float32Array(2 * HORIZON)));
        const [without, plan] = [await one.plan(request, createRng(seed)), await one.plan({ ...request, offered }, createRng(seed))];
        assert.ok(plan.cost <= without.cost, `seed ${seed}: ${plan.cost} after ${without.cost}`);
        assert.ok(
          plan.actions.every((value, i) => value >= bounds.low[i % 2]! && value <= bounds.high[i % 2]!),
          `${plan.actions}`,
        );
      }
    });

    it("refuses to answer when a single candidate is not finite, even if cost and answer are", async () => {
      const networks = { predictor: rootPredictor(), critic: sidewaysCritic() };
      const broken = await loadModelPackage(writeTinyModel({ networks }));
      const one = await solver([CRITIC], [], { package: broken, initialStd: 0.3 });
      await assert.rejects(one.plan(requestTo(BEYOND_WALL_M), createRng(1)), {
        name: "AgentError",
        code: "model.not-finite",
        message: `${name} plan: sum of everything imagined, entry 0 of 6 is NaN, must be finite; check the weights of the model`,
      });
    });
  });
}

/** The tiny model with z as a switch. */
const SWITCHING = {
  contract: 2,
  action: undefined,
  axes: displacementAxes({ axes: ["x", "y", "z"], scaleM: TINY_SCALE_M }).map((axis) => ({
    ...axis,
    kind: axis.name === "z" ? "switch" : "continuous",
  })),
  proprioception: ["tool.x", "tool.y", "tool.z"].map((name, i) => ({ name, unit: "m", mean: TINY_MEAN_M[i]!, std: TINY_STD_M[i]! })),
};

const BOX = { minM: [0.4, -0.03, 0], maxM: [0.55, 0.03, 0.1] };
