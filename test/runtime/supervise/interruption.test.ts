/** Tests for interruption.ts: what an agent is after its process ended in the middle of something. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { HEALTHY_TO_RESUME } from "../../../runtime/supervise/step.ts";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";
import { at, begin, goal, leaf, leftBy, park } from "../../helpers/supervised.ts";

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

test("a crash in an urgent task that nothing was begun before keeps what the next start begins", () => {
  const task: TaskNode = { sequence: [leaf(), leaf()] };
  const before = begin(task);
  before.supervisor.booted();
  before.supervisor.preempt(park, 1);
  before.supervisor.prepared("");
  const after = begin(task, leftBy(before));
  after.supervisor.booted();
  assert.match(after.supervisor.state.reason, /^The agent was interrupted while running: reach at ""/);
  after.supervisor.command("resume");
  after.supervisor.prepared("");
  for (let count = 0; count < 2; count++) after.supervisor.decided("", at(0.01));
  assert.equal(after.supervisor.state.agent, "idle");
  after.supervisor.command("start");
  assert.equal(after.supervisor.state.skills[0]?.path, "0");
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
