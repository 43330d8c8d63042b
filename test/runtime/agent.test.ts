/** The decision loop with every part replaced by one that is known by heart: who is asked what, in which order, and what is never sent. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY } from "rxjs";
import { type AgentParts, decisions, type Oversight, type Pace } from "../../runtime/agent.ts";
import { ManualClock, nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Verdict } from "../../runtime/core/guarding.ts";
import type { JointCommand, Segment } from "../../runtime/core/motion.ts";
import type { Aim, Believer, Latent, Plan, PlanRequest, Subgoal } from "../../runtime/core/planning.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { Observation } from "../../runtime/core/sensing.ts";
import type { Measures } from "../../runtime/core/skill.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { memoryless } from "../../runtime/encode/memoryless.ts";
import { flatSubgoal } from "../../runtime/plan/flat-subgoal.ts";
import { twoJointSpec } from "../helpers/kinematic-arm.ts";

const PERIOD_S = 0.2;
const HORIZON = 3;

const seen = (stampNs: bigint): Observation => ({
  stampNs,
  receivedNs: stampNs,
  frames: [],
  joints: { positionRad: new Float64Array(2), velocityRadPerS: new Float64Array(2), stampNs, receivedNs: stampNs },
});

const commandOf = (x: number): JointCommand => ({
  positionRad: Float64Array.of(x, 0),
  velocityRadPerS: new Float64Array(2),
  accelerationRadPerS2: new Float64Array(2),
});

/** A plan whose actions count up from `first`. */
const planFrom = (first: number): Plan => ({
  actions: Float32Array.of(first, first + 0.1, first + 0.2),
  predicted: new Float32Array(HORIZON),
  horizon: HORIZON,
  cost: 1,
  costTerms: { critic: 1 },
  violation: 0,
  stats: { modelCalls: 3, iterations: 1, samples: 1, eliteCostMean: 1 },
});

/** The latent is one number: where the arm is. The commanded position moves with `speed` per second of the robot's clock. */
function createStage({ speed = 0, latencyMs = 0 } = {}) {
  const clock = new ManualClock(secondsToNs(1));
  const log = {
    acted: [] as Segment[],
    requests: [] as PlanRequest[],
    imagined: [] as { from: number; action: number }[],
    decided: [] as Tick[],
    faults: [] as AgentError[],
    healthyCount: 0,
    idleCount: 0,
  };
  const robot: Robot = {
    spec: twoJointSpec,
    events: EMPTY,
    observe: () => EMPTY,
    async act(segment) {
      log.acted.push(segment);
      return segment;
    },
    commandedAt: (stampNs) => commandOf(speed * nsToSeconds(stampNs)),
    stop: async () => {},
    resume: async () => {},
    async [Symbol.asyncDispose]() {},
  };
  const pace: Pace = {
    async next() {
      clock.advance(PERIOD_S * 1e3);
      return seen(clock.nowNs());
    },
    async idle() {
      log.idleCount++;
    },
    effectNs: ({ stampNs }) => stampNs + BigInt(latencyMs) * 1_000_000n,
  };
  const oversight: Oversight = {
    permit: () => (log.decided.length + log.faults.length < 3 ? "act" : "end"),
    decided: (tick) => void log.decided.push(tick),
    healthy: () => void log.healthyCount++,
    fault: (error) => void log.faults.push(error),
  };
  const parts: AgentParts = {
    robot,
    clock,
    stopwatch: new ManualClock(),
    rng: createRng(1),
    pace,
    believer: memoryless({ encode: async () => Float32Array.of(10) }),
    async imagine(latent, action) {
      log.imagined.push({ from: latent[0]!, action: action[0]! });
      return Float32Array.of(latent[0]! + action[0]!);
    },
    solver: {
      name: "counting",
      budget: { samples: 1, iterations: 1, horizon: HORIZON, deadlineMs: 100 },
      async plan(request) {
        log.requests.push({ ...request, latent: request.latent.slice() });
        return planFrom(log.requests.length / 2);
      },
      async [Symbol.asyncDispose]() {},
    },
    judge: async () => ({ criticCost: 5, toolToGoalM: null, objectToGoalM: null }),
    goal: { latent: Float32Array.of(0), positionM: [0.1, 0.2, 0.3] },
    subgoal: flatSubgoal,
    actuate: (action, from, startNs) =>
      quinticSegment({ id: log.acted.length, startNs, from, toRad: Float64Array.of(from.positionRad[0]! + action[0]!, 0), durationS: 0.2 }),
    actionBetween: (start, end) => Float32Array.of(end.positionRad[0]! - start.positionRad[0]!),
    guard: { name: "lets all pass", check: (segment) => ({ kind: "pass", segment }) },
    toolAt: () => [0, 0, 0],
    imaginedToolM: () => new Float32Array(3 * HORIZON),
    oversight,
    periodS: PERIOD_S,
  };
  return { parts, log, clock };
}

async function runAll(parts: AgentParts, signal: AbortSignal = new AbortController().signal): Promise<Tick[]> {
  const ticks: Tick[] = [];
  for await (const tick of decisions(parts, signal)) ticks.push(tick);
  return ticks;
}

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
      next: async () => (clock.advance(PERIOD_S * 1e3), parts.pace.next(new AbortController().signal)),
    };
    assert.deepEqual(surprises(await runAll(seeing({ ...parts, pace: skipping }))), [null, null, null]);
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

describe("what guards and supervisor forbid is not sent", () => {
  const stopping = (): Verdict => ({ kind: "stop", why: ["table: 2 mm too low"] });

  it("a guard's stop leaves no segment, says why, and lets the period pass", async () => {
    const { parts, log } = createStage();
    const ticks = await runAll({ ...parts, guard: { name: "table", check: stopping } });
    assert.deepEqual(log.acted, []);
    assert.ok(ticks.length > 0 && log.idleCount >= ticks.length);
    assert.equal(ticks[0]?.decision.verdict, "stop");
    assert.deepEqual(ticks[0]?.decision.why, ["table: 2 mm too low"]);
    assert.equal(ticks[0]?.decision.segment, null);
  });

  it("a guard's stop is a fault of its own code for the supervisor, not a sound decision", async () => {
    const { parts, log } = createStage();
    await runAll({ ...parts, guard: { name: "table", check: stopping } });
    assert.deepEqual(log.decided, []);
    assert.deepEqual(
      log.faults.map(({ code }) => code),
      ["guard.stop", "guard.stop", "guard.stop"],
    );
    assert.match(log.faults[0]!.message, /table: 2 mm too low/);
  });

  it("a clipped segment is sent as the guard left it, with the reason", async () => {
    const { parts, log } = createStage();
    const clip = (segment: Segment): Verdict => ({ kind: "clip", why: ["speed"], segment: { ...segment, id: segment.id + 100 } });
    const [tick] = await runAll({ ...parts, guard: { name: "speed", check: clip } });
    assert.equal(log.acted[0]?.id, 100);
    assert.equal(tick?.decision.segment?.id, 100);
    assert.deepEqual([tick?.decision.verdict, tick?.decision.why], ["clip", ["speed"]]);
  });

  it("a hold that comes while planning keeps the segment back", async () => {
    const { parts, log } = createStage();
    let planned = false;
    let held = 0;
    const permit = (): "act" | "hold" | "end" => {
      if (!planned) return "act";
      return held++ < 3 ? "hold" : "end";
    };
    const plan = async (request: PlanRequest): Promise<Plan> => {
      planned = true;
      return parts.solver.plan(request, parts.rng);
    };
    const ticks = await runAll({ ...parts, solver: { ...parts.solver, plan }, oversight: { ...parts.oversight, permit } });
    assert.deepEqual(log.acted, []);
    assert.equal(ticks[0]?.decision.segment, null);
    assert.ok(log.healthyCount > 0, "while holding, what is seen is still reported as sound");
  });

  it("while it only looks, what is seen is judged, and nothing is planned or sent", async () => {
    const { parts, log } = createStage();
    const looked: Measures[] = [];
    const permit = (): "look" | "end" => (looked.length < 3 ? "look" : "end");
    const ticks = await runAll({ ...parts, oversight: { ...parts.oversight, permit, looked: (measures) => void looked.push(measures) } });
    assert.deepEqual([ticks, log.acted, log.requests], [[], [], []]);
    assert.deepEqual(
      looked.map(({ criticCost }) => criticCost),
      [5, 5, 5],
    );
    assert.equal(log.idleCount, 3);
  });

  it("after a hold no plan is warm: the world has moved on", async () => {
    const { parts, log } = createStage();
    let asked = 0;
    const permit = (): "act" | "hold" | "end" => {
      asked++;
      if (log.requests.length === 1 && log.healthyCount < 2) return "hold";
      return log.requests.length < 2 ? "act" : "end";
    };
    await runAll({ ...parts, oversight: { ...parts.oversight, permit } });
    assert.ok(asked > 4);
    assert.equal(log.requests.length, 2);
    assert.equal(log.requests[1]?.warmStart, null);
  });

  it("nothing acts after an abort, even one that comes in the middle of planning", async () => {
    const { parts, log } = createStage();
    const aborting = new AbortController();
    const plan = async (request: PlanRequest): Promise<Plan> => {
      aborting.abort(new AgentError("stop.operator", "test"));
      return parts.solver.plan(request, parts.rng);
    };
    const ticks = await runAll({ ...parts, solver: { ...parts.solver, plan } }, aborting.signal);
    assert.deepEqual([log.acted, ticks, log.faults], [[], [], []]);
    assert.equal(log.requests.length, 1);
  });

  it("an abort before the first decision decides nothing", async () => {
    const { parts, log } = createStage();
    await runAll(parts, AbortSignal.abort());
    assert.equal(log.requests.length, 0);
  });
});

describe("errors", () => {
  it("of the world go to the supervisor; the loop goes on, cold, after a period", async () => {
    const { parts, log } = createStage();
    let calls = 0;
    const encode = async (): Promise<Latent> => {
      if (calls++ === 1) throw new AgentError("model.not-finite", "tiny encoder: latent entry 0 is NaN");
      return Float32Array.of(10);
    };
    const ticks = await runAll({ ...parts, believer: memoryless({ encode }) });
    assert.deepEqual(
      log.faults.map(({ code }) => code),
      ["model.not-finite"],
    );
    assert.equal(ticks.length, 2);
    assert.equal(log.idleCount, 1);
    assert.equal(log.requests[1]?.warmStart, null, "the plan before the fault is forgotten");
  });

  it("that are bugs throw", async () => {
    const { parts, log } = createStage();
    const encode = async (): Promise<Latent> => {
      throw new TypeError("undefined is not a latent");
    };
    await assert.rejects(runAll({ ...parts, believer: memoryless({ encode }) }), /undefined is not a latent/);
    assert.deepEqual([log.acted, log.faults], [[], []]);
  });
});
