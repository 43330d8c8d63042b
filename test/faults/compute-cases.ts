/** D: compute that stalls, is late, crashes, hangs or is not there. */
import assert from "node:assert/strict";
import { createFanOut, QUEUE_MAX } from "../../runtime/assemble/fan-out.ts";
import { ManualClock, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { Graph } from "../../runtime/graph/builder.ts";
import { openSession, openSessionWorker } from "../../runtime/graph/session.ts";
import { decide } from "../../runtime/supervise/decide.ts";
import { startMemoryKeeper } from "../helpers/memory-keeper.ts";
import { playTask } from "../helpers/scripted-task.ts";
import type { FaultCase } from "./case.ts";
import { BEGIN_S, loopCase } from "./loop-case.ts";

const RUN_MS_MAX = 5000;
/** A session's failure stops the agent: waiting cannot mend it. */
const STOPS = { safeState: "stopped, at rest within 0.4 s", recovered: "a person: reset, start" } as const;

function tinyGraph(): Uint8Array {
  const g = new Graph("tiny");
  g.output("y", g.input("x", "float32", [1]));
  return g.toBytes();
}

/** A worker that crashes while two models are being loaded. */
export async function crash(module: string): Promise<number | null> {
  const crashing = openSessionWorker({ module });
  const refusal = (error: unknown): boolean =>
    error instanceof AgentError && error.code === "session.failed" && decide(error).reaction === "stop";
  for (const waiting of [crashing.open(tinyGraph()), crashing.open(tinyGraph())]) await assert.rejects(waiting, refusal);
  await assert.rejects(crashing.open(tinyGraph()), refusal, "and whatever comes after");
  await crashing[Symbol.asyncDispose]();
  return null;
}

async function hang(): Promise<number | null> {
  const clock = new ManualClock();
  const hung = openSessionWorker({ clock, openMsMax: RUN_MS_MAX, module: "../../test/runtime/graph/silent-worker.ts" });
  const waiting = assert.rejects(hung.open(tinyGraph()), { code: "session.failed", message: /has not answered loading model for 5000 ms/ });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(RUN_MS_MAX);
  await waiting;
  await hung[Symbol.asyncDispose]();
  return RUN_MS_MAX;
}

async function noProvider(): Promise<number | null> {
  await assert.rejects(openSession(tinyGraph(), { provider: "cuda", strict: true }), { code: "session.provider" });
  await using session = await openSession(tinyGraph(), { provider: "cuda" });
  assert.equal(session.provider, "cpu");
  assert.ok(session.fallbackReason, "and it is said why");
  return null;
}

/** A listener that never comes back, told of more than it can keep. */
async function slowListener(): Promise<number | null> {
  let count = 0;
  const slow: Tap = { name: "slow", tick: () => new Promise(() => {}) };
  const quick: Tap = { name: "quick", tick: () => void count++ };
  const fanOut = createFanOut([slow, quick], new ManualClock(), () => {});
  const told = QUEUE_MAX * 2;
  for (let index = 0; index < told; index++) fanOut.tell("tick", { decision: { index } } as unknown as Tick);
  assert.equal(count, told, "the others hear everything");
  const [row] = fanOut.report();
  assert.ok(row && row.dropped >= told - QUEUE_MAX - 1, "the oldest go and are counted");
  return null;
}

/** The keeper is kept from running for 200 ms in mid-motion. */
async function starvation(): Promise<number | null> {
  const keeper = await startMemoryKeeper();
  const faults: AgentError[] = [];
  keeper.robot.faults?.subscribe((error) => faults.push(error));
  const startNs = keeper.clock.nowNs() + secondsToNs(0.008);
  const from = keeper.robot.commandedAt(startNs);
  const toRad = from.positionRad.map((rad) => rad + 0.3);
  await keeper.robot.act(quinticSegment({ id: 0, startNs, from, toRad, durationS: 0.4 }));
  await keeper.passMs(160);
  keeper.process.freeze();
  await keeper.passMs(200);
  keeper.process.goOn("timers-first");
  await keeper.passMs(40);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["robot.stalled"],
  );
  await keeper.passMs(400);
  const steps = keeper.driver.sent
    .slice(1)
    .map(({ command }, index) => Math.abs(command.positionRad[0]! - keeper.driver.sent[index]!.command.positionRad[0]!));
  assert.ok(Math.max(...steps) <= keeper.robot.spec.joints[0]!.velocityMaxRadPerS * 0.004 * (1 + 1e-6), "no command leaps");
  assert.ok(
    keeper.driver.sent.at(-1)!.command.velocityRadPerS.every((speed) => speed === 0),
    "and it rests",
  );
  await keeper.robot[Symbol.asyncDispose]();
  return 40;
}

/** A bug of ours in the middle of a run. */
async function bug(): Promise<number | null> {
  const happened: string[] = [];
  const attempt = playTask({
    every: (_, { supervisor }) => void happened.push(supervisor.state.agent),
    plan: (timeS) => {
      if (timeS >= BEGIN_S) throw new TypeError("cannot read properties of undefined");
    },
  });
  await assert.rejects(attempt, TypeError, "it is told on, not swallowed");
  assert.ok(happened.includes("running"));
  return 0;
}

export const COMPUTE_CASES: readonly FaultCase[] = [
  loopCase({
    id: "D1",
    fault: "the agent's thread stalls 600 ms in a decision",
    by: "guard",
    code: "guard.stop",
    says: /received 600\.0 ms ago, at most 400 ms/,
    withinMs: 600,
    arm: "holds",
    script: (isOn) => ({ plan: (timeS, clock) => void (isOn(timeS) && clock.advance(600)) }),
  }),
  loopCase({
    id: "D2a",
    fault: "inference takes 100 ms too long",
    by: "loop",
    code: "plan.late",
    says: /should have begun 100\.0 ms ago/,
    withinMs: 100,
    arm: "rests",
    forS: 0.7,
    script: (isOn) => ({ plan: (timeS, clock) => void (isOn(timeS) && clock.advance(100)) }),
  }),
  loopCase({
    id: "D2b",
    fault: "inference takes too long again and again",
    by: "loop",
    code: "plan.late",
    says: /should have begun 100\.0 ms ago/,
    withinMs: 100,
    arm: "holds",
    forS: 5,
    script: (isOn) => ({ plan: (timeS, clock) => void (isOn(timeS) && clock.advance(100)) }),
  }),
  {
    id: "D3a",
    fault: "the models' worker thread crashes",
    detectedBy: "session host, session.failed",
    deadline: "at once",
    ...STOPS,
    clock: "none",
    run: () => crash("../../test/runtime/graph/crashing-worker.ts"),
  },
  loopCase({
    id: "D3b",
    fault: "a model cannot be run any more, in motion",
    by: "session",
    code: "session.failed",
    says: /crashed/,
    withinMs: 0,
    arm: "stops",
    faults: [{ fault: "model-fails" }],
  }),
  {
    id: "D3c",
    fault: "a model hangs",
    detectedBy: "session host, session.failed",
    deadline: RUN_MS_MAX,
    ...STOPS,
    clock: "virtual",
    run: hang,
  },
  {
    id: "D4",
    fault: "out of memory in the models' worker",
    detectedBy: "session host, session.failed",
    deadline: "at once",
    ...STOPS,
    clock: "none",
    run: () => crash("../../test/faults/hungry-worker.ts"),
  },
  {
    id: "D5",
    fault: "the device that shall run the models is not there",
    detectedBy: "session, session.provider",
    deadline: "before anything moves",
    safeState: "cpu runs them and it is said why; strict refuses",
    recovered: "by itself, slower",
    clock: "none",
    run: noProvider,
  },
  {
    id: "D6",
    fault: "a listener does not keep up",
    detectedBy: "fan-out, counted",
    deadline: 0,
    safeState: "the arm goes on without it",
    recovered: "by itself: the oldest news are left out",
    clock: "virtual",
    run: slowListener,
  },
  {
    id: "D7",
    fault: "the keeper is kept from running for 200 ms",
    detectedBy: "command stream, robot.stalled",
    deadline: 44,
    safeState: "brakes from the command last sent, no leap",
    recovered: "the next decision",
    clock: "virtual",
    run: starvation,
  },
  {
    id: "D8",
    fault: "a bug in a decision",
    detectedBy: "supervisor, a bug",
    deadline: 200,
    safeState: "stopped, then told on",
    recovered: "a person starts the agent again",
    clock: "virtual",
    run: bug,
  },
];
