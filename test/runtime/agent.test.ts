/** The decision loop with every part replaced by one that is known by heart: who is asked what, in which order. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Again, AgentParts, Pace } from "../../runtime/agent.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Instant } from "../../runtime/core/instant.ts";
import type { Aim, Believer, PlanRequest, Subgoal } from "../../runtime/core/planning.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { createStage, PERIOD_S, runAll } from "../helpers/decision-stage.ts";

describe("the decision loop", () => {
  it("makes one tick a decision: the segment that the robot took, the plan, the measures, and counts up", async () => {
    const { parts, log } = createStage();
    const ticks = await runAll(parts);
    assert.deepEqual(
      ticks.map(({ decision }) => decision.index),
      [0, 1, 2],
    );
    assert.deepEqual(
      ticks.map(({ decision }) => decision.segment),
      log.acted,
    );
    assert.deepEqual(log.decided, ticks);
    assert.deepEqual(ticks[0]?.decision.measures, { criticCost: 5, toolToGoalM: null, objectToGoalM: null });
    assert.equal(ticks[0]?.decision.action[0], 0.5, "the first action of the plan");
  });

  it("starts the next plan from the last one, shifted by the action that was done, its end repeated", async () => {
    const { parts, log } = createStage();
    await runAll(parts);
    assert.equal(log.requests[0]?.warmStart, null);
    assert.deepEqual(log.requests[1]?.warmStart, Float32Array.of(0.6, 0.7, 0.7));
    assert.deepEqual(log.requests[1]?.goalPositionM, [0.1, 0.2, 0.3]);
  });

  it("records as executed what is commanded over the period, not what was planned", async () => {
    const { parts } = createStage({ speed: 0.5 });
    const [tick] = await runAll(parts);
    assert.ok(Math.abs(tick!.decision.executedAction[0]! - 0.5 * PERIOD_S) < 1e-6);
  });
});

describe("foresight over the latency", () => {
  it("plans from the latent imagined for the moment the plan takes effect", async () => {
    const { parts, log } = createStage({ speed: 1, latencyMs: 120 });
    const [tick] = await runAll(parts);
    assert.equal(log.imagined[0]?.from, 10, "imagined from what was seen");
    assert.ok(Math.abs(log.imagined[0]!.action - 0.12) < 1e-6, `by what is commanded until then: ${log.imagined[0]!.action}`);
    assert.ok(Math.abs(log.requests[0]!.latent[0]! - 10.12) < 1e-5);
    assert.deepEqual(tick?.decision.latent, log.requests[0]?.latent);
    assert.equal(log.acted[0]!.startNs - tick!.decision.stampNs, 120_000_000n, "and the segment starts then");
  });

  it("imagines nothing when nothing is under way, or when there is no latency", async () => {
    for (const { parts, log } of [createStage({ latencyMs: 120 }), createStage({ speed: 1 })]) {
      await runAll(parts);
      assert.deepEqual(log.imagined, []);
      assert.equal(log.requests[0]!.latent[0], 10);
    }
  });
});

describe("surprise", () => {
  /** Sees 10, then 12 and 14, whatever it imagined: 0 at every step. */
  const seeing = (parts: AgentParts): AgentParts => {
    let count = 0;
    return { ...parts, believer: { reset: () => {}, update: async () => ({ latent: Float32Array.of(10 + 2 * count++) }) } };
  };
  const surprises = (ticks: readonly Tick[]) => ticks.map(({ decision }) => decision.surprise);

  it("is how far the latent is from what the decision before imagined of this instant; the first has none", async () => {
    assert.deepEqual(surprises(await runAll(seeing(createStage().parts))), [null, 12, 14]);
  });

  it("is none where the motion was another than the plan's: a guard shortened it", async () => {
    const guard: AgentParts["guard"] = { name: "shortens", check: (segment) => ({ kind: "clip", segment, why: ["too far"] }) };
    assert.deepEqual(surprises(await runAll(seeing({ ...createStage().parts, guard }))), [null, null, null]);
  });

  it("is none where another decision's time has passed since", async () => {
    const { parts, clock } = createStage();
    const skipping: Pace = {
      ...parts.pace,
      next: (signal) => {
        clock.advance(PERIOD_S * 1e3);
        return parts.pace.next(signal);
      },
    };
    assert.deepEqual(surprises(await runAll(seeing({ ...parts, pace: skipping }))), [null, null, null]);
  });
});

describe("what a planner keeps from one decision to the next", () => {
  const subgoal = Float32Array.of(7);
  /** Each plan goes towards the same subgoal, one decision longer than the request says. */
  const keeping = (parts: AgentParts): AgentParts => ({
    ...parts,
    solver: {
      ...parts.solver,
      plan: async (request, rng) => ({
        ...(await parts.solver.plan(request, rng)),
        subgoal,
        subgoalDecisions: (request.kept?.decisions ?? 0) + 1,
      }),
    },
  });
  const keptBy = (requests: readonly PlanRequest[]) => requests.map(({ kept }) => kept?.decisions ?? null);

  it("stands in the plan that is recorded, and is handed back", async () => {
    const { parts, log } = createStage();
    const ticks = await runAll(keeping(parts));
    assert.deepEqual(keptBy(log.requests), [null, 1, 2]);
    assert.deepEqual(log.requests[1]!.kept!.subgoal, subgoal);
    assert.equal(ticks[2]!.decision.plan!.subgoalDecisions, 3);
  });

  it("ends with a hold, with a fault, and with the attempt", async () => {
    const held = createStage();
    const { decided } = held.log;
    const permit = (): "act" | "hold" | "end" =>
      decided.length === 3 ? "end" : decided.length === 2 && held.log.healthyCount === 0 ? "hold" : "act";
    await runAll(keeping({ ...held.parts, oversight: { ...held.parts.oversight, permit } }));
    assert.deepEqual(keptBy(held.log.requests), [null, 1, null]);

    const faulty = createStage();
    let acts = 0;
    const act: Robot["act"] = async (segment) => {
      if (++acts === 2) throw new AgentError("robot.rejected", "not now");
      return faulty.parts.robot.act(segment);
    };
    await runAll(keeping({ ...faulty.parts, robot: { ...faulty.parts.robot, act } }));
    assert.deepEqual(keptBy(faulty.log.requests), [null, 1, null]);

    const again = createStage();
    const parts = keeping(again.parts);
    await runAll(parts);
    again.log.decided.length = 0; // Another attempt.
    await runAll(parts);
    assert.deepEqual(keptBy(again.log.requests), [null, 1, 2, null, 1, 2]);
  });

  it("comes with word of a surprise above the threshold, and without one of none", async () => {
    const surprisedBy = async (surpriseMax: number | undefined) => {
      const { parts, log } = createStage();
      await runAll({ ...parts, surpriseMax }); // It sees 10 and imagined 0.
      return log.requests.map(({ isSurprised }) => isSurprised);
    };
    assert.deepEqual(await surprisedBy(9), [false, true, true]);
    assert.deepEqual(await surprisedBy(11), [false, false, false]);
    assert.deepEqual(await surprisedBy(undefined), [false, false, false]);
  });
});

describe("belief and subgoal", () => {
  it("what is remembered lasts over the decisions of an attempt, and the next attempt begins with nothing", async () => {
    const { parts, log } = createStage();
    let seenCount = 99; // What an attempt before left behind.
    const believer: Believer = {
      reset: () => {
        seenCount = 0;
      },
      update: async () => ({ latent: Float32Array.of(++seenCount) }),
    };
    await runAll({ ...parts, believer });
    assert.deepEqual(
      log.requests.map(({ latent }) => latent[0]),
      [1, 2, 3],
    );
    log.decided.length = 0;
    await runAll({ ...parts, believer });
    assert.equal(log.requests[3]?.latent[0], 1);
  });

  it("whoever remembers is told what was commanded between two observations, which is what the decision between them did", async () => {
    const { parts } = createStage();
    const told: number[] = [];
    let lastNs: bigint | null = null;
    const believer: Believer = {
      reset: () => {},
      async update({ stampNs }, _, movedSince) {
        if (lastNs !== null) told.push(movedSince?.(lastNs)[0] ?? Number.NaN);
        lastNs = stampNs;
        return { latent: Float32Array.of(10) };
      },
    };
    const ticks = await runAll({ ...parts, believer });
    assert.equal(told.length, 2);
    assert.deepEqual(
      told,
      ticks.slice(0, 2).map(({ decision }) => decision.executedAction[0]),
    );
  });

  it("each decision plans towards the subgoal of what it believes, and is judged by the goal", async () => {
    const { parts, log } = createStage();
    const asked: { belief: number; goal: Aim }[] = [];
    const subgoal: Subgoal = async (belief, goal) => {
      asked.push({ belief: belief.latent[0]!, goal });
      return { latent: Float32Array.of(asked.length), positionM: [asked.length, 0, 0] };
    };
    const [tick] = await runAll({ ...parts, subgoal });
    assert.deepEqual(
      asked.map(({ belief, goal }) => [belief, goal]),
      Array(3).fill([10, parts.goal]),
    );
    assert.deepEqual(
      log.requests.map(({ goal, goalPositionM }) => [goal[0], goalPositionM[0]]),
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    );
    assert.equal(tick?.decision.measures.criticCost, 5);
  });
});

describe("what is told of a decision so that it can be made again", () => {
  it("is when it began and on what, when it was judged and with how many candidates, and why nothing came of it", async () => {
    const { parts, log } = createStage();
    const told: Instant[] = [];
    const refused = new AgentError("robot.rejected", "not now");
    const act: Robot["act"] = async (segment) => {
      if (log.faults.length === 0) throw refused;
      return segment;
    };
    await runAll({ ...parts, robot: { ...parts.robot, act }, onInstant: (instant) => void told.push(instant) });
    const decided = ["begun", "judged"];
    assert.deepEqual(
      told.map(({ kind }) => kind),
      [...decided, "failed", ...decided, ...decided],
    );
    const [begun, judged, failed] = told;
    const stampNs = 1_200_000_000n;
    const chance = createRng(1).state();
    assert.deepEqual(begun, { kind: "begun", atNs: stampNs, effectNs: stampNs, chance, frames: [], jointsNs: stampNs });
    assert.deepEqual(judged, { kind: "judged", atNs: stampNs, candidates: 1 });
    assert.deepEqual(failed, { kind: "failed", atNs: stampNs, code: "robot.rejected", message: "not now" });
  });

  it("comes back from a recording: its chance, its candidates, and what passed while it was thought", async () => {
    const { parts, log, clock } = createStage();
    const chance = createRng(9).state();
    const drawn: number[] = [];
    const asked: (number | undefined)[] = [];
    let made = 0;
    const again = (): Again => {
      if (made++ === 1) throw new AgentError("plan.infeasible", "as it was");
      return {
        candidates: 7,
        chance,
        failure: made === 1 ? new AgentError("plan.late", "as it was") : null,
        elapse: () => void (made > 1 && clock.advance(1e3)),
      };
    };
    const plan: AgentParts["solver"]["plan"] = async (request, rng) => {
      drawn.push(rng.uniform());
      asked.push(request.candidates);
      return parts.solver.plan(request, rng);
    };
    const judged: bigint[] = [];
    const actuated: bigint[] = [];
    const actuate: AgentParts["actuate"] = (...args) => {
      actuated.push(clock.nowNs());
      return parts.actuate(...args);
    };
    const guard: AgentParts["guard"] = {
      name: "asks when it is",
      check(segment, { nowNs }) {
        judged.push(nowNs);
        return { kind: "pass", segment };
      },
    };
    await runAll({
      ...parts,
      guard,
      actuate,
      pace: { ...parts.pace, effectNs: ({ stampNs }) => stampNs + 2_000_000_000n, again },
      solver: { ...parts.solver, plan },
    });
    assert.deepEqual([log.faults.map(({ code }) => code), log.decided.length], [["plan.late", "plan.infeasible"], 1]);
    assert.deepEqual([asked, drawn], [[7, 7], Array(2).fill(createRng(9).uniform())], "one that had no plan is not asked for one again");
    assert.deepEqual(judged, [2_600_000_000n], "three periods, and what passed meanwhile");
    assert.equal(actuated.at(-1), judged[0], "what was told meanwhile, a slower speed perhaps, counts for its motion");
  });
});
