import { EMPTY } from "rxjs";
import { type AgentParts, decisions, type Oversight, type Pace } from "../../runtime/agent.ts";
import { ManualClock, nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import type { AgentError } from "../../runtime/core/errors.ts";
import type { JointCommand, Segment } from "../../runtime/core/motion.ts";
import type { Plan, PlanRequest } from "../../runtime/core/planning.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { Observation } from "../../runtime/core/sensing.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { memoryless } from "../../runtime/encode/memoryless.ts";
import { flatSubgoal } from "../../runtime/plan/flat-subgoal.ts";
import { twoJointSpec } from "./kinematic-arm.ts";

export const PERIOD_S = 0.2;
export const HORIZON = 3;

export const seen = (stampNs: bigint): Observation => ({
  stampNs,
  receivedNs: stampNs,
  frames: [],
  joints: { positionRad: new Float64Array(2), velocityRadPerS: new Float64Array(2), stampNs, receivedNs: stampNs },
});

export const commandOf = (x: number): JointCommand => ({
  positionRad: Float64Array.of(x, 0),
  velocityRadPerS: new Float64Array(2),
  accelerationRadPerS2: new Float64Array(2),
});

/** A plan whose actions count up from `first`. */
export const planFrom = (first: number): Plan => ({
  actions: Float32Array.of(first, first + 0.1, first + 0.2),
  predicted: new Float32Array(HORIZON),
  horizon: HORIZON,
  cost: 1,
  costTerms: { critic: 1 },
  violation: 0,
  stats: { modelCalls: 3, iterations: 1, samples: 1, eliteCostMean: 1 },
});

/** The latent is one number: where the arm is. The commanded position moves with `speed` per second of the robot's clock. */
export function createStage({ speed = 0, latencyMs = 0 } = {}) {
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

export async function runAll(parts: AgentParts, signal: AbortSignal = new AbortController().signal): Promise<Tick[]> {
  const ticks: Tick[] = [];
  for await (const tick of decisions(parts, signal)) ticks.push(tick);
  return ticks;
}
