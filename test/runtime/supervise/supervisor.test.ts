/** Tests for supervisor.ts: what the loop is told to do, from start to stop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { SupervisorSnapshot } from "../../../runtime/supervise/snapshot.ts";
import { createSupervisor } from "../../../runtime/supervise/supervisor.ts";
import type { SupervisorOptions } from "../../../runtime/supervise/supervisor-types.ts";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";
import { at, begin, goal, leaf, reach, stale } from "../../helpers/supervised.ts";

test("a task runs from start to success, and the agent is idle again", () => {
  const { supervisor, intents, act } = begin();
  act();
  assert.equal(supervisor.state.mayAct, true);
  assert.equal(supervisor.decided("", at(0.1))?.fraction, 0);
  assert.deepEqual(supervisor.state.skills, [{ path: "", name: "reach", state: "acting", decisions: 1, retries: 0, progress: 0 }]);
  assert.equal(supervisor.decided("", at(0.01))?.met, true);
  assert.equal(supervisor.state.skills[0]?.state, "verifying");
  supervisor.decided("", at(0.01));
  assert.deepEqual(intents, [
    { type: "start-skill", path: "", skill: "reach", goal },
    { type: "leave-skill", path: "", result: "done", reason: 'Skill "reach" succeeded after 3 decisions.' },
    { type: "finish", result: "succeeded", reason: "The task succeeded." },
  ]);
  const { agent, task, mayAct, skills } = supervisor.state;
  assert.deepEqual({ agent, task, mayAct, skills }, { agent: "idle", task: "succeeded", mayAct: false, skills: [] });
});

test("nothing acts before the skill is prepared", () => {
  const { supervisor, run } = begin();
  assert.equal(supervisor.state.mayAct, false);
  run();
  assert.equal(supervisor.state.agent, "running");
  assert.equal(supervisor.state.mayAct, false);
  assert.equal(supervisor.decided("", at(0.01)), null);
  supervisor.prepared("");
  assert.equal(supervisor.state.mayAct, true);
});

test("a task can be started again after its end", () => {
  const { supervisor, types, act } = begin();
  act();
  supervisor.decided("", at(0.01));
  supervisor.decided("", at(0.01));
  assert.equal(supervisor.command("start"), null);
  assert.equal(supervisor.state.task, "running");
  assert.equal(types().filter((type) => type === "start-skill").length, 2);
});

test("a failed attempt is retried, then the task takes its other way", () => {
  const { supervisor, intents, run } = begin({ fallback: [leaf(1), leaf()] });
  run();
  for (let attempt = 0; attempt < 2; attempt++) {
    supervisor.prepared("0");
    for (let decision = 0; decision < 5; decision++) supervisor.decided("0", at(0.1));
  }
  const reason = 'Skill "reach" did not succeed within 5 decisions.';
  assert.deepEqual(intents, [
    { type: "start-skill", path: "0", skill: "reach", goal },
    { type: "retry", path: "0", skill: "reach", goal, reason },
    { type: "leave-skill", path: "0", result: "failed", reason },
    { type: "start-skill", path: "1", skill: "reach", goal },
  ]);
});

test("a fault that asks for a retry begins the attempt anew", () => {
  const { supervisor, types, act } = begin(leaf(1));
  act();
  assert.equal(supervisor.fault(new AgentError("goal.unreachable", "goal: 1.20 m away, the arm reaches 0.85 m.")).reaction, "retry");
  assert.deepEqual(types(), ["start-skill", "retry"]);
  assert.equal(supervisor.state.skills[0]?.state, "preparing");
  supervisor.fault(new AgentError("goal.unreachable", "goal: 1.20 m away, the arm reaches 0.85 m."));
  assert.equal(supervisor.state.task, "failed");
});

test("a retried timeout starts its skill again at the same place, undisturbed by the one it left", async () => {
  const { supervisor, types, pass, act } = begin({ retry: { timeout: leaf(), timeoutS: 1 }, attempts: 2 });
  act("0/0");
  await pass(1000);
  assert.deepEqual(types(), ["start-skill", "leave-skill", "start-skill"]);
  assert.equal(supervisor.state.task, "running");
  supervisor.prepared("0/0");
  supervisor.decided("0/0", at(0.01));
  supervisor.decided("0/0", at(0.01));
  assert.equal(supervisor.state.task, "succeeded");
});

test("a deadline is kept by a clock that wakes a little too early, as the timers of a machine do", async () => {
  const clock = new ManualClock();
  const early = {
    nowNs: () => clock.nowNs(),
    every: clock.every.bind(clock),
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms > 1 ? ms - 0.6 : ms, signal),
  };
  const supervisor = createSupervisor({ clock: early, skills: { reach }, task: { waitS: 2 } });
  supervisor.booted();
  supervisor.command("start");
  for (const ms of [1999.4, 0.5]) {
    clock.advance(ms);
    await setImmediate();
    assert.equal(supervisor.state.task, "running");
  }
  clock.advance(0.1);
  await setImmediate();
  assert.equal(supervisor.state.task, "succeeded");
});

test("nothing acts after a stop, whatever comes, until an operator resets", async () => {
  const { supervisor, types, pass, act } = begin({ retry: leaf(3), attempts: 3 });
  act("0");
  assert.equal(supervisor.command("stop"), null);
  assert.deepEqual(types(), ["start-skill", "stop", "leave-skill", "finish"]);
  supervisor.atRest();
  assert.equal(supervisor.state.agent, "stopped");
  supervisor.prepared("0");
  assert.equal(supervisor.decided("0", at(0.01)), null);
  supervisor.healthy();
  supervisor.fault(stale);
  supervisor.fault(new AgentError("skill.timeout", "skill: 21 s, at most 20 s."));
  supervisor.booted();
  await pass(1e6);
  assert.equal(supervisor.command("start"), '"start" is not possible while the agent is stopped');
  assert.equal(supervisor.command("resume"), '"resume" is not possible while the agent is stopped');
  assert.equal(supervisor.state.mayAct, false);
  assert.equal(types().length, 4);
  assert.equal(supervisor.command("reset"), null);
  assert.equal(supervisor.command("start"), null);
  assert.deepEqual(types().slice(4), ["release", "start-skill"]);
});

test("a fault that stops ends in faulted; the same stop asked for by an operator does not", () => {
  const lost = begin();
  lost.act();
  lost.supervisor.fault(new AgentError("robot.lost", "robot panda: silent for 300 ms, at most 100 ms."));
  lost.supervisor.atRest();
  assert.equal(lost.supervisor.state.agent, "faulted");
  const asked = begin();
  asked.act();
  asked.supervisor.fault(new AgentError("stop.operator", "Ctrl-C was pressed."));
  asked.supervisor.atRest();
  assert.equal(asked.supervisor.state.agent, "stopped");
});

test("a measure that the goal needs and the model lacks stops with its reason", () => {
  const { supervisor, act } = begin();
  act();
  assert.equal(supervisor.decided("", { criticCost: 1, toolToGoalM: null, objectToGoalM: null }), null);
  assert.equal(supervisor.state.agent, "stopping");
  assert.match(supervisor.state.reason, /"tool-within" needs a goal position for the tool/);
});

test("a task that does not fit the skills is refused before anything runs", () => {
  const refuse = (task: TaskNode, message: RegExp): void => assert.throws(() => begin(task), { code: "goal.mismatch", message });
  refuse({ sequence: [leaf(), { skill: "fly", goal, retries: 0 }] }, /task at "1": skill "fly" does not exist; use one of reach/);
  refuse(
    { skill: "reach", goal: { kind: "object", positionM: [0, 0, 0] }, retries: 0 },
    /takes no goal of kind "object"; give one of tool/,
  );
  refuse({ parallel: [leaf(), leaf()], succeed: "all" }, /up to 2 skills at the same time; one arm can do 1/);
});

test("every change is kept before anybody is told of what follows from it", () => {
  const kept: SupervisorSnapshot[] = [];
  const { supervisor, act } = begin(leaf(), null, (snapshot) => void kept.push(snapshot));
  const told: string[] = [];
  const tell = (what: string) => (): void => {
    assert.equal(kept.at(-1), supervisor.snapshot);
    told.push(what);
  };
  supervisor.intents.subscribe(tell("intent"));
  supervisor.states.subscribe((state) => state.agent !== "booting" && tell("state")());
  act();
  supervisor.decided("", at(0.1));
  assert.ok(told.includes("intent") && told.length >= 5);
});

test("a state that cannot be kept stops the agent, once, and says so", () => {
  let room = true;
  const keep = (): void => {
    if (!room)
      throw new AgentError("state.unwritable", "state push.state: no space left on device; make room there or choose another file");
  };
  const { supervisor, types, act } = begin({ sequence: [leaf(), leaf()] }, null, keep);
  const faults: unknown[] = [];
  supervisor.faults.subscribe(({ error }) => faults.push(error));
  act("0");
  supervisor.decided("0", at(0.01));
  room = false;
  supervisor.decided("0", at(0.01));
  assert.equal(faults.length, 1);
  assert.equal(supervisor.state.agent, "stopping");
  assert.match(supervisor.state.reason, /no space left on device.*would lose it or do work twice/);
  assert.deepEqual(types().slice(-3), ["stop", "leave-skill", "finish"]);
});

test("a goal is called by its name; a name that nothing has is refused with those there are", () => {
  const goals = { bin: goal };
  const { intents, run } = begin({ skill: "reach", goal: "bin", retries: 0 }, null, undefined, { goals });
  run();
  assert.deepEqual(intents, [{ type: "start-skill", path: "", skill: "reach", goal }]);
  const unknown = (more: Partial<SupervisorOptions>) => () => begin({ condition: "reach", goal: "bim" }, null, undefined, more);
  assert.throws(unknown({ goals }), { message: 'task at "": goal "bim" does not exist; use one of bin' });
  assert.throws(unknown({}), { message: 'task at "": goal "bim" does not exist; name it under goals' });
});

test("every change of a statechart is told with its reason", () => {
  const { supervisor, act } = begin({ sequence: [leaf(), leaf()] });
  const lines: string[] = [];
  supervisor.transitions.subscribe(({ what, from, to, reason }) => lines.push(`${what}: ${from} -> ${to} (${reason})`));
  act("0");
  supervisor.decided("0", at(0.1));
  supervisor.decided("0", at(0.01));
  supervisor.decided("0", at(0.01));
  supervisor.fault(stale);
  supervisor.command("stop");
  assert.deepEqual(lines, [
    "agent: booting -> idle (The agent is ready.)",
    "agent: idle -> running (The task is running.)",
    "task: none -> running (The task is running.)",
    'reach at "0": null -> preparing (Skill "reach" begins.)',
    'reach at "0": preparing -> acting (Skill "reach" is acting.)',
    'reach at "0": acting -> verifying (Skill "reach" is acting.)',
    'reach at "0": verifying -> null (Skill "reach" succeeded after 3 decisions.)',
    'reach at "1": null -> preparing (Skill "reach" begins.)',
    `agent: running -> holding (${stale.message} The world is not seen any more, so the arm rests until fresh samples arrive.)`,
    "agent: holding -> stopping (An operator stopped the agent.)",
    "task: running -> stopped (An operator stopped the agent.)",
    'reach at "1": preparing -> null (The task went on without it.)',
  ]);
});

test("the only skill of a task is told by its name alone", () => {
  const { supervisor, act } = begin(leaf());
  const names = new Set<string>();
  supervisor.transitions.subscribe(({ what }) => names.add(what));
  act("");
  assert.deepEqual([...names], ["agent", "task", "reach"]);
});

test("mayAct and a start never appear in any state after a stop began", () => {
  const { supervisor, states, act } = begin();
  act();
  supervisor.command("stop");
  const stopped = states.findIndex((state) => state.agent === "stopping");
  assert.ok(stopped > 0);
  assert.ok(states.slice(stopped).every((state) => !state.mayAct));
});
