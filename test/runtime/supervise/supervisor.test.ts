/** Tests for supervisor.ts: what the loop is told to do, from boot to stop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Skill } from "../../../runtime/core/skill.ts";
import type { SupervisorState } from "../../../runtime/core/supervision.ts";
import { HOLDS_MAX, IGNORED_IN_A_ROW_MAX } from "../../../runtime/supervise/bounds.ts";
import type { SupervisorSnapshot } from "../../../runtime/supervise/snapshot.ts";
import { HEALTHY_TO_RESUME } from "../../../runtime/supervise/step.ts";
import { createSupervisor } from "../../../runtime/supervise/supervisor.ts";
import type { Intent, SupervisorOptions } from "../../../runtime/supervise/supervisor-types.ts";
import type { GoalSpec, TaskNode } from "../../../runtime/supervise/task-tree.ts";

const reach: Skill = {
  name: "reach",
  description: "For the tests.",
  axes: null,
  toolHeightM: null,
  goals: ["tool"],
  terms: {},
  constraints: [],
  success: { tool: { test: "tool-within", threshold: 0.02, unit: "m", steps: 2 } },
  limits: { decisions: 5, timeoutS: 4 },
};
const goal: GoalSpec = { kind: "tool", positionM: [0.5, 0, 0.2] };
const leaf = (retries = 0): TaskNode => ({ skill: "reach", goal, retries });
const at = (toolToGoalM: number) => ({ criticCost: null, toolToGoalM, objectToGoalM: null });
const stale = new AgentError("sense.stale", "camera front: 900 ms old, at most 250 ms.");
const late = new AgentError("plan.late", "plan: 230 ms, at most 150 ms.");

function begin(
  task: TaskNode = leaf(),
  left: SupervisorSnapshot | null = null,
  keep: (snapshot: SupervisorSnapshot) => void = () => {},
  more: Partial<SupervisorOptions> = {},
) {
  const clock = new ManualClock(1_000_000_000n); // Of another process: its zero is somewhere else.
  const supervisor = createSupervisor({ clock, skills: { reach }, task, left, keep, ...more });
  const intents: Intent[] = [];
  const states: SupervisorState[] = [];
  supervisor.intents.subscribe((intent) => intents.push(intent));
  supervisor.states.subscribe((state) => states.push(state));
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await setImmediate(); // Lets the clock's promises run.
  };
  const run = (): void => {
    supervisor.booted();
    assert.equal(supervisor.command("start"), null);
  };
  const act = (path = ""): void => {
    run();
    supervisor.prepared(path);
  };
  return { supervisor, intents, states, pass, run, act, types: () => intents.map((intent) => intent.type) };
}

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

test("an automatic hold ends after enough sound decisions in a row", () => {
  const { supervisor, types, act } = begin();
  act();
  assert.deepEqual(supervisor.fault(stale).reaction, "hold");
  assert.equal(supervisor.state.agent, "holding");
  assert.equal(supervisor.state.mayAct, false);
  assert.match(supervisor.state.reason, /camera front: 900 ms old, at most 250 ms\. The world is not seen any more/);
  for (let count = 1; count < HEALTHY_TO_RESUME; count++) supervisor.healthy();
  supervisor.fault(stale);
  for (let count = 1; count < HEALTHY_TO_RESUME; count++) supervisor.healthy();
  assert.equal(supervisor.state.agent, "holding");
  supervisor.healthy();
  assert.equal(supervisor.state.agent, "running");
  assert.deepEqual(types(), ["start-skill", "hold", "resume"]);
});

test("a held task loses no time and no decisions", async () => {
  const { supervisor, pass, act } = begin();
  act();
  supervisor.decided("", at(0.1));
  await pass(3900);
  supervisor.command("hold");
  await pass(60_000);
  assert.equal(supervisor.decided("", at(0.1)), null);
  assert.equal(supervisor.state.skills[0]?.decisions, 1);
  supervisor.command("resume");
  assert.equal(supervisor.state.task, "running");
  await pass(99);
  assert.equal(supervisor.state.task, "running");
  await pass(1);
  assert.equal(supervisor.state.task, "failed");
});

test("an automatic hold that does not end becomes a stop, and the agent is faulted", async () => {
  const { supervisor, types, pass, act } = begin();
  act();
  supervisor.fault(stale);
  await pass(30_000);
  assert.equal(supervisor.state.agent, "stopping");
  supervisor.atRest();
  assert.equal(supervisor.state.agent, "faulted");
  assert.deepEqual(types(), ["start-skill", "hold", "stop", "leave-skill", "finish"]);
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

test("ignored errors are ignored only so many times in a row", () => {
  const { supervisor, act } = begin();
  act();
  for (let count = 0; count < IGNORED_IN_A_ROW_MAX; count++) assert.equal(supervisor.fault(late).reaction, "ignore");
  supervisor.healthy();
  for (let count = 0; count < IGNORED_IN_A_ROW_MAX; count++) assert.equal(supervisor.fault(late).reaction, "ignore");
  assert.equal(supervisor.state.agent, "running");
  const decision = supervisor.fault(late);
  assert.deepEqual(decision, { reaction: "hold", reason: "This was ignored 10 times in a row, so the arm rests." });
  assert.equal(supervisor.state.agent, "holding");
});

test("a task that is held again and again stops", () => {
  const { supervisor, act } = begin();
  act();
  for (let count = 0; count < HOLDS_MAX; count++) {
    assert.equal(supervisor.fault(stale).reaction, "hold");
    for (let healthy = 0; healthy < HEALTHY_TO_RESUME; healthy++) supervisor.healthy();
  }
  assert.equal(supervisor.fault(stale).reaction, "stop");
  assert.equal(supervisor.state.agent, "stopping");
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

/** What a process leaves that is killed now, as the next one reads it. */
const leftBy = ({ supervisor }: ReturnType<typeof begin>) => JSON.parse(JSON.stringify(supervisor.snapshot)) as SupervisorSnapshot;

test("after a crash the agent holds, says what it was doing, and resume goes on from there", async () => {
  const before = begin();
  before.act();
  before.supervisor.decided("", at(0.1));
  await before.pass(3000);
  before.supervisor.decided("", at(0.05));
  const after = begin(leaf(), leftBy(before));
  after.supervisor.booted();
  assert.equal(after.supervisor.command("start"), '"start" is not possible while the agent is holding');
  for (let count = 0; count < HEALTHY_TO_RESUME; count++) after.supervisor.healthy();
  await after.pass(60_000);
  assert.equal(after.supervisor.state.agent, "holding");
  assert.match(after.supervisor.state.reason, /interrupted while running: reach at "" \(acting, 2 decisions\)/);
  assert.equal(after.supervisor.state.mayAct, false);
  assert.deepEqual(after.types(), ["hold"]);
  assert.equal(after.supervisor.command("resume"), null);
  assert.deepEqual(after.types(), ["hold", "resume", "start-skill"]);
  assert.equal(after.supervisor.state.mayAct, false, "the goal is not encoded in this process");
  after.supervisor.prepared("");
  const progress = { path: "", name: "reach", state: "acting", decisions: 2, retries: 0, progress: 0.625 };
  assert.deepEqual(after.supervisor.state.skills, [progress]);
  await after.pass(999);
  assert.equal(after.supervisor.state.task, "running");
  await after.pass(1);
  assert.equal(after.supervisor.state.task, "failed", "4 s of both processes together");
});

test("what was done before a crash is not done again, and success is proven anew", () => {
  const task: TaskNode = { sequence: [leaf(), leaf(), leaf()] };
  const before = begin(task);
  before.act("0");
  for (let count = 0; count < 2; count++) before.supervisor.decided("0", at(0.01));
  before.supervisor.prepared("1");
  before.supervisor.decided("1", at(0.01));
  assert.equal(before.supervisor.state.skills[0]?.state, "verifying");
  const after = begin(task, leftBy(before));
  after.supervisor.booted();
  after.supervisor.command("resume");
  after.supervisor.prepared("1");
  after.supervisor.decided("1", at(0.01));
  assert.equal(after.supervisor.state.skills[0]?.path, "1", "one decision is no row");
  after.supervisor.decided("1", at(0.01));
  assert.deepEqual(
    after.intents.filter((intent) => intent.type === "start-skill").map(({ path }) => path),
    ["1", "2"],
  );
});

test("after a crash restart-skill begins the skill in progress anew, as the same attempt", () => {
  const before = begin(leaf(1));
  before.act();
  for (let count = 0; count < 5; count++) before.supervisor.decided("", at(0.1));
  before.supervisor.prepared("");
  before.supervisor.decided("", at(0.1));
  const after = begin(leaf(1), leftBy(before));
  after.supervisor.booted();
  assert.equal(after.supervisor.command("restart-skill"), null);
  assert.deepEqual(after.types(), ["hold", "start-skill", "resume"]);
  after.supervisor.prepared("");
  const skill = { path: "", name: "reach", state: "acting", decisions: 0, retries: 1, progress: 0 };
  assert.deepEqual(after.supervisor.state.skills, [skill]);
});

test("after a crash abort gives the task up, and the agent is idle", () => {
  const before = begin({ sequence: [leaf(), leaf()] });
  before.act("0");
  const after = begin({ sequence: [leaf(), leaf()] }, leftBy(before));
  after.supervisor.booted();
  assert.equal(after.supervisor.command("abort"), null);
  assert.deepEqual(after.types(), ["hold", "leave-skill", "finish"]);
  const { agent, task } = after.supervisor.state;
  assert.deepEqual([agent, task], ["idle", "stopped"]);
  assert.deepEqual(begin(leaf(), leftBy(after)).supervisor.state.task, "none");
});

test("killed again and again while it holds, it keeps its place", () => {
  const before = begin();
  before.act();
  before.supervisor.decided("", at(0.1));
  let last = begin(leaf(), leftBy(before));
  for (let kills = 0; kills < 5; kills++) {
    if (kills % 2 === 0) last.supervisor.booted();
    last = begin(leaf(), leftBy(last));
  }
  last.supervisor.booted();
  last.supervisor.command("resume");
  last.supervisor.prepared("");
  assert.equal(last.supervisor.state.skills[0]?.decisions, 1);
});

test("stopped before it has booted, what was interrupted is given up", () => {
  const before = begin();
  before.act();
  const after = begin(leaf(), leftBy(before));
  after.supervisor.command("stop");
  assert.deepEqual([after.supervisor.state.agent, after.supervisor.state.task], ["stopped", "stopped"]);
});

test("an agent that was faulted comes back faulted, whatever is asked, until a person resets it", () => {
  const before = begin();
  before.act();
  before.supervisor.fault(new AgentError("robot.lost", "robot panda: silent for 300 ms, at most 100 ms."));
  const stopping = leftBy(before);
  before.supervisor.atRest();
  for (const left of [stopping, leftBy(before)]) {
    const after = begin(leaf(), left);
    after.supervisor.booted();
    assert.match(after.supervisor.state.reason, /^Before the process ended: robot panda: silent for 300 ms/);
    assert.equal(after.supervisor.command("start"), '"start" is not possible while the agent is faulted');
    assert.equal(after.supervisor.command("reset"), null);
    assert.equal(after.supervisor.command("start"), null);
  }
});

test("restart-skill and abort need a skill, and a task", () => {
  const { supervisor, run, types } = begin({ sequence: [{ waitS: 1 }, leaf()] });
  assert.equal(supervisor.command("abort"), '"abort" is not possible while the agent is booting');
  run();
  assert.equal(supervisor.command("restart-skill"), '"restart-skill" is not possible now: no skill is in progress');
  assert.equal(supervisor.command("abort"), null);
  assert.equal(supervisor.command("abort"), '"abort" is not possible while the agent is idle');
  assert.deepEqual(types(), ["finish"]);
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

test("a skill that asks begins when a person confirms it, and its retries begin by themselves", () => {
  const { supervisor, types, run } = begin({ skill: "reach", goal, retries: 1, autonomy: "confirm" });
  run();
  assert.deepEqual([types(), supervisor.state.skills[0]?.state, supervisor.state.mayAct], [[], "asking", false]);
  supervisor.prepared("");
  assert.equal(supervisor.state.skills[0]?.state, "asking");
  assert.equal(supervisor.command("confirm"), null);
  assert.equal(supervisor.command("confirm"), '"confirm" is not possible now: no skill asks for a person');
  supervisor.prepared("");
  for (let count = 0; count < 5; count++) supervisor.decided("", at(0.1));
  assert.deepEqual(types(), ["start-skill", "retry"]);
});

test("a manual skill asks before every attempt, and a declined one fails with its reason", () => {
  const { supervisor, intents, types, run } = begin({ fallback: [{ skill: "reach", goal, retries: 1, autonomy: "manual" }, leaf()] });
  run();
  supervisor.command("confirm");
  supervisor.prepared("0");
  for (let count = 0; count < 5; count++) supervisor.decided("0", at(0.1));
  assert.equal(supervisor.state.skills[0]?.state, "asking");
  assert.equal(supervisor.command("decline"), null);
  assert.deepEqual(types(), ["start-skill", "leave-skill", "start-skill"]);
  assert.deepEqual(intents[1], { type: "leave-skill", path: "0", result: "failed", reason: "An operator declined it." });
});

test("the agent's autonomy is the least that every skill asks for; nobody is asked for a look", () => {
  const look: TaskNode = { condition: "reach", goal };
  const { supervisor, run } = begin({ fallback: [look, leaf()] }, null, undefined, { autonomy: "confirm" });
  run();
  assert.equal(supervisor.state.skills[0]?.state, "preparing");
  supervisor.prepared("0");
  supervisor.decided("0", at(0.1));
  supervisor.decided("0", at(0.1));
  assert.equal(supervisor.state.skills[0]?.state, "asking");
});

test("a question outlasts a hold and a crash, and is not answered by resume", () => {
  const asking: TaskNode = { skill: "reach", goal, retries: 0, autonomy: "confirm" };
  const before = begin(asking);
  before.run();
  before.supervisor.command("hold");
  assert.equal(before.supervisor.command("confirm"), '"confirm" is not possible while the agent is holding');
  const after = begin(asking, leftBy(before));
  after.supervisor.booted();
  after.supervisor.command("resume");
  assert.deepEqual([after.types(), after.supervisor.state.skills[0]?.state], [["hold", "resume"], "asking"]);
  after.supervisor.command("confirm");
  assert.deepEqual(after.types().at(-1), "start-skill");
});

test("a condition is looked at and never acts: it holds when its test holds in a row, and fails otherwise", () => {
  const task: TaskNode = { fallback: [{ condition: "reach", goal }, leaf()] };
  for (const [distances, expected] of [
    [[0.01, 0.01], "succeeded"],
    [[0.01, 0.1], "running"],
    [[0.1, 0.01], "running"],
  ] as const) {
    const { supervisor, run } = begin(task);
    run();
    supervisor.prepared("0");
    assert.deepEqual([supervisor.state.skills[0]?.state, supervisor.state.mayAct], ["looking", false]);
    for (const distance of distances) supervisor.decided("0", at(distance));
    assert.deepEqual([supervisor.state.task, supervisor.state.skills[0]?.path], [expected, expected === "running" ? "1" : undefined]);
  }
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

const parkGoal: GoalSpec = { kind: "tool", positionM: [0.3, 0, 0.4] };
const park: TaskNode = { skill: "reach", goal: parkGoal, retries: 0 };

test("a more urgent task comes first; then the one before goes on with its counts and its time", async () => {
  const { supervisor, intents, types, pass, act } = begin({ sequence: [leaf(), leaf()] });
  act("0");
  supervisor.decided("0", at(0.1));
  await pass(3000);
  assert.equal(supervisor.preempt(park, 3), null);
  assert.deepEqual(
    supervisor.state.skills.map(({ path, state }) => [path, state]),
    [["", "preparing"]],
  );
  assert.equal(supervisor.decided("0", at(0.01)), null, "a decision that was under way counts for nobody");
  await pass(3000);
  supervisor.prepared("");
  for (let count = 0; count < 2; count++) supervisor.decided("", at(0.01));
  assert.deepEqual(types(), ["start-skill", "preempt", "start-skill", "leave-skill", "return", "start-skill"]);
  assert.deepEqual(intents.at(-1), { type: "start-skill", path: "0", skill: "reach", goal });
  supervisor.prepared("0");
  assert.equal(supervisor.state.skills[0]?.decisions, 1);
  await pass(999);
  assert.equal(supervisor.state.task, "running");
  await pass(1);
  assert.equal(supervisor.state.task, "failed", "4 s of its own");
  assert.deepEqual(types().slice(-2), ["leave-skill", "finish"]);
});

test("only what is more urgent comes first, and only while a task is being done", () => {
  const { supervisor, act } = begin();
  assert.equal(supervisor.preempt(park, 1), "no task can come first while the agent is booting");
  act();
  assert.equal(supervisor.preempt(park, 0), "urgency 0 is none; give a whole number from 1 to 9");
  assert.match(supervisor.preempt({ skill: "fly", goal, retries: 0 }, 1) ?? "", /skill "fly" does not exist/);
  assert.equal(supervisor.preempt(park, 5), null);
  assert.equal(supervisor.preempt(park, 5), "a task of urgency 5 is in hand; only a higher one comes before it");
  assert.equal(supervisor.preempt(park, 6), null);
  supervisor.command("hold");
  assert.equal(supervisor.preempt(park, 7), "no task can come first while the agent is holding");
});

test("an urgent task that fails is over too; a stop or an abort ends all of them, once", () => {
  const failing = begin();
  failing.act();
  failing.supervisor.preempt(park, 1);
  failing.supervisor.prepared("");
  for (let count = 0; count < 5; count++) failing.supervisor.decided("", at(0.1));
  assert.deepEqual(failing.types().slice(-3), ["leave-skill", "return", "start-skill"]);
  for (const command of ["stop", "abort"] as const) {
    const { supervisor, types, act } = begin();
    act();
    supervisor.preempt(park, 1);
    supervisor.preempt(park, 2);
    supervisor.command(command);
    const ends = ["leave-skill", "leave-skill", "leave-skill", "finish"];
    assert.deepEqual(types().slice(5), command === "stop" ? ["stop", ...ends] : ends);
    assert.equal(supervisor.state.task, "stopped");
  }
});

test("a crash in an urgent task keeps the one that waits for it", () => {
  const task: TaskNode = { sequence: [leaf(), leaf()] };
  const before = begin(task);
  before.act("0");
  before.supervisor.decided("0", at(0.1));
  before.supervisor.preempt(park, 1);
  before.supervisor.prepared("");
  const after = begin(task, leftBy(before));
  after.supervisor.booted();
  after.supervisor.command("resume");
  after.supervisor.prepared("");
  for (let count = 0; count < 2; count++) after.supervisor.decided("", at(0.01));
  after.supervisor.prepared("0");
  assert.equal(after.supervisor.state.skills[0]?.decisions, 1);
  for (const path of ["0", "1"]) {
    after.supervisor.prepared(path);
    for (let count = 0; count < 2; count++) after.supervisor.decided(path, at(0.01));
  }
  assert.equal(after.supervisor.state.task, "succeeded");
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

test("mayAct and a start never appear in any state after a stop began", () => {
  const { supervisor, states, act } = begin();
  act();
  supervisor.command("stop");
  const stopped = states.findIndex((state) => state.agent === "stopping");
  assert.ok(stopped > 0);
  assert.ok(states.slice(stopped).every((state) => !state.mayAct));
});
