/** Tests for tasks that come before others: the more urgent one first, then the other as if it had been held. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, begin, goal, leaf, park } from "../../helpers/supervised.ts";

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
  assert.equal(supervisor.state.reason, "A task of urgency 3 comes first; the one before goes on after it.");
  assert.equal(supervisor.decided("0", at(0.01)), null, "a decision that was under way counts for nobody");
  await pass(3000);
  supervisor.prepared("");
  for (let count = 0; count < 2; count++) supervisor.decided("", at(0.01));
  assert.deepEqual(types(), ["start-skill", "preempt", "start-skill", "leave-skill", "return", "start-skill"]);
  assert.deepEqual(intents.at(-1), { type: "start-skill", path: "0", skill: "reach", goal });
  assert.equal(supervisor.state.reason, "The task is running.");
  supervisor.prepared("0");
  assert.equal(supervisor.state.skills[0]?.decisions, 1);
  await pass(999);
  assert.equal(supervisor.state.task, "running");
  await pass(1);
  assert.equal(supervisor.state.task, "failed", "4 s of its own");
  assert.deepEqual(types().slice(-2), ["leave-skill", "finish"]);
});

test("while nothing is being done it is done at once, and the task that waits begins at the next start", () => {
  const { supervisor, types, act } = begin({ sequence: [leaf(), leaf()] });
  supervisor.booted();
  assert.equal(supervisor.preempt(park, 3), null);
  assert.equal(supervisor.state.agent, "running");
  assert.equal(supervisor.state.reason, "A task of urgency 3 is being done; the one that waits begins when somebody says start.");
  assert.equal(supervisor.preempt(park, 3), "a task of urgency 3 is in hand; only a higher one comes before it");
  supervisor.prepared("");
  for (let count = 0; count < 2; count++) supervisor.decided("", at(0.01));
  assert.deepEqual([supervisor.state.agent, supervisor.state.task], ["idle", "succeeded"]);
  assert.deepEqual(types(), ["start-skill", "leave-skill", "finish"]);
  act("0");
  assert.equal(supervisor.state.skills[0]?.path, "0");
  assert.equal(supervisor.preempt(park, 1), null, "what was started is of urgency 0");
});

test("a stop or an abort in an urgent task ends it, and the next start begins the task of the launch file", () => {
  for (const [command, isBegun] of [
    ["abort", true],
    ["stop", true],
    ["abort", false],
    ["stop", false],
  ] as const) {
    const { supervisor, types, act } = begin({ sequence: [leaf(), leaf()] });
    if (isBegun) act("0");
    else supervisor.booted();
    assert.equal(supervisor.preempt(park, 2), null);
    assert.equal(supervisor.preempt(park, 4), null);
    supervisor.command(command);
    assert.equal(types().filter((type) => type === "finish").length, 1);
    if (command === "stop") supervisor.atRest();
    if (command === "stop") supervisor.command("reset");
    assert.equal(supervisor.command("start"), null);
    assert.equal(supervisor.state.skills[0]?.path, "0", `${command}, ${isBegun}`);
  }
});

test("a task of two urgencies, begun by nobody: the first goes on after the second, then the agent is idle", () => {
  const { supervisor, types } = begin();
  supervisor.booted();
  supervisor.preempt(park, 1);
  supervisor.prepared("");
  supervisor.preempt(park, 2);
  assert.equal(supervisor.state.reason, "A task of urgency 2 comes first; the one before goes on after it.");
  for (let task = 0; task < 2; task++) {
    supervisor.prepared("");
    for (let count = 0; count < 2; count++) supervisor.decided("", at(0.01));
  }
  const first = ["start-skill", "preempt", "start-skill", "leave-skill", "return", "start-skill", "leave-skill", "finish"];
  assert.deepEqual(types(), first);
  assert.equal(supervisor.state.agent, "idle");
});

test("only what is more urgent comes first, and only of an agent that is running or idle", () => {
  const { supervisor, act } = begin();
  assert.equal(supervisor.preempt(park, 1), "no task can come first while the agent is booting");
  act();
  assert.equal(supervisor.preempt(park, 0), "urgency 0 is none; give a whole number from 1 to 9");
  assert.match(supervisor.preempt({ skill: "fly", goal, retries: 0 }, 1) ?? "", /skill "fly" does not exist/);
  assert.equal(supervisor.preempt(park, 5), null);
  assert.equal(supervisor.preempt(park, 5), "a task of urgency 5 is in hand; only a higher one comes before it");
  assert.equal(supervisor.preempt(park, 6), null);
  assert.equal(supervisor.state.reason, "A task of urgency 6 comes first; 2 before go on after it.");
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
