/** Tests for agent-machine.ts: the transition table as sentences, and walks over the whole graph. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createActor, SimulatedClock } from "xstate";
import { getShortestPaths } from "xstate/graph";
import type { AgentState } from "../../../runtime/core/supervision.ts";
import { type AgentEvent, agentMachine, HOLD_MS_MAX, STOP_MS_MAX } from "../../../runtime/supervise/agent-machine.ts";

const byOperator = { by: "operator", reason: "An operator asked." } as const;
const byFault = { by: "fault", reason: "A fault asked." } as const;
const booted: AgentEvent = { type: "booted" };
const start: AgentEvent = { type: "start" };
const finish: AgentEvent = { type: "finish", reason: "The task succeeded." };
const atRest: AgentEvent = { type: "at-rest" };
const reset: AgentEvent = { type: "reset" };
const hold = { operator: { type: "hold", ...byOperator }, fault: { type: "hold", ...byFault } } as const;
const stop = { operator: { type: "stop", ...byOperator }, fault: { type: "stop", ...byFault } } as const;
const resume = { operator: { type: "resume", by: "operator" }, fault: { type: "resume", by: "fault" } } as const;
const events: readonly AgentEvent[] = [
  booted,
  start,
  finish,
  atRest,
  reset,
  ...[hold, stop, resume].flatMap((each) => [each.operator, each.fault] as AgentEvent[]),
];
const operatorEvents: readonly AgentEvent[] = [start, reset, hold.operator, stop.operator, resume.operator];

function begin(interrupted: string | null = null) {
  const clock = new SimulatedClock();
  const actor = createActor(agentMachine, { clock, input: { interrupted } });
  const intents: string[] = [];
  actor.on("*", (intent) => intents.push(intent.type));
  actor.start();
  const after = (...sent: AgentEvent[]): AgentState => {
    for (const event of sent) actor.send(event);
    return actor.getSnapshot().value;
  };
  return { clock, actor, intents, after };
}

const sentences: readonly (readonly [string, readonly AgentEvent[], AgentState])[] = [
  ["it boots to idle", [booted], "idle"],
  ["it does not start before it has booted", [start], "booting"],
  ["a fault while booting ends in faulted", [stop.fault], "faulted"],
  ["an operator may stop it while booting", [stop.operator], "stopped"],
  ["start makes it run", [booted, start], "running"],
  ["the end of the task makes it idle", [booted, start, finish], "idle"],
  ["a fault can hold it", [booted, start, hold.fault], "holding"],
  ["it does not hold when idle", [booted, hold.operator], "idle"],
  ["an automatic hold ends when its cause is gone", [booted, start, hold.fault, resume.fault], "running"],
  ["an operator's hold does not end by itself", [booted, start, hold.operator, resume.fault], "holding"],
  ["an operator ends any hold", [booted, start, hold.fault, resume.operator], "running"],
  ["an operator's hold outranks an automatic one", [booted, start, hold.fault, hold.operator, resume.fault], "holding"],
  ["a fault does not turn an operator's hold into an automatic one", [booted, start, hold.operator, hold.fault, resume.fault], "holding"],
  ["stop waits until the arm rests", [booted, start, stop.operator], "stopping"],
  ["an operator's stop ends in stopped", [booted, start, stop.operator, atRest], "stopped"],
  ["a fault's stop ends in faulted", [booted, start, stop.fault, atRest], "faulted"],
  ["a fault while stopping ends in faulted", [booted, start, stop.operator, stop.fault, atRest], "faulted"],
  ["a fault when stopped is a fault", [booted, stop.operator, atRest, stop.fault], "faulted"],
  ["it can be stopped while it holds", [booted, start, hold.fault, stop.operator], "stopping"],
  ["it can be stopped when idle", [booted, stop.operator, atRest], "stopped"],
  ["nothing starts it when stopped", [booted, stop.operator, atRest, start, resume.operator, booted], "stopped"],
  ["reset makes a stopped agent idle", [booted, stop.operator, atRest, reset], "idle"],
  ["reset makes a faulted agent idle, not running", [booted, start, stop.fault, atRest, reset], "idle"],
  ["reset after a failed boot boots again", [stop.fault, reset], "booting"],
];
for (const [sentence, sent, expected] of sentences) {
  test(`agent: ${sentence}`, () => assert.equal(begin().after(...sent), expected));
}

test("agent: an automatic hold that lasts too long stops, and says both reasons", () => {
  const { clock, actor, after } = begin();
  after(booted, start, hold.fault);
  clock.increment(HOLD_MS_MAX - 1);
  assert.equal(actor.getSnapshot().value, "holding");
  clock.increment(1);
  assert.equal(actor.getSnapshot().value, "stopping");
  assert.equal(actor.getSnapshot().context.reason, "Held for 30 s without recovery. A fault asked.");
  assert.equal(after(atRest), "faulted");
});

test("agent: an operator's hold has no time limit", () => {
  const { clock, actor, after } = begin();
  after(booted, start, hold.operator);
  clock.increment(100 * HOLD_MS_MAX);
  assert.equal(actor.getSnapshot().value, "holding");
});

test("agent: a robot that never reports rest after a stop is a fault", () => {
  const { clock, actor, after } = begin();
  after(booted, start, stop.operator);
  clock.increment(STOP_MS_MAX);
  assert.equal(actor.getSnapshot().value, "faulted");
  assert.match(actor.getSnapshot().context.reason, /did not report rest within 1 s of a stop; look at the arm/);
});

test("agent: after a crash it comes back holding, says what it was doing, and only a person lets it go on", () => {
  const { actor, intents, after } = begin('running: push at ""');
  assert.equal(after(booted, resume.fault), "holding");
  assert.match(actor.getSnapshot().context.reason, /interrupted while running: push at ""/);
  assert.deepEqual(intents, ["hold"]);
  assert.equal(after(resume.operator), "running");
  assert.equal(after(stop.operator, atRest, reset), "idle", "it was interrupted once only");
});

test("agent: intents come in the order of the events", () => {
  const { intents, after } = begin();
  after(booted, start, hold.fault, resume.fault, stop.operator, atRest, reset);
  assert.deepEqual(intents, ["start-task", "hold", "resume", "stop", "release"]);
});

// The walks below include what timers do: xstate names a timer's event after its delay and state.
const timerEvents = [
  { type: "xstate.after.holdMsMax.agent.holding" },
  { type: "xstate.after.stopMsMax.agent.stopping" },
] as unknown as AgentEvent[];
const walk = (walked: readonly AgentEvent[], from?: ReturnType<typeof snapshotAfter>) =>
  getShortestPaths(agentMachine, {
    events: walked,
    input: { interrupted: null },
    serializeState: (snapshot) => `${snapshot.value} ${snapshot.context.by} ${snapshot.context.booted}`,
    ...(from ? { fromState: from } : {}),
  });
const snapshotAfter = (sent: readonly AgentEvent[]) => {
  const { actor, after } = begin();
  after(...sent);
  return actor.getSnapshot();
};
const all = walk([...events, ...timerEvents]);

test("agent: every state can be reached", () => {
  assert.deepEqual([...new Set(all.map((path) => path.state.value))].sort(), Object.keys(agentMachine.states).sort());
});

test("agent: from every state an operator gets to stopped", () => {
  assert.ok(all.length >= 10, `${all.length} distinct situations`);
  for (const { state } of all) {
    const reached = walk([stop.operator, atRest], state).map((path) => path.state.value);
    assert.ok(reached.includes("stopped"), `from ${state.value} (${state.context.by}) only ${reached.join(", ")}`);
  }
});

test("agent: only events of an operator leave faulted, and none of them leads straight to running", () => {
  const faulted = all.filter(({ state }) => state.value === "faulted");
  assert.ok(faulted.length > 0);
  for (const { state } of faulted) {
    const left = [...events, ...timerEvents].filter((event) =>
      walk([event], state).some((path) => path.state.value !== "faulted" && path.steps.length === 2),
    );
    assert.deepEqual(left.map((event) => event.type).sort(), ["reset", "stop"]);
    assert.ok(left.every((event) => operatorEvents.includes(event)));
    assert.ok(walk(left, state).every((path) => path.state.value !== "running"));
  }
});
