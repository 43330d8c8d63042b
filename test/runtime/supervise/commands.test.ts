/** Tests for commands.ts and for what asks a person: when each answer is possible, and what a condition asks of nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";
import { at, begin, goal, leaf } from "../../helpers/supervised.ts";

test("restart-skill and abort need a skill, and a task", () => {
  const { supervisor, run, types } = begin({ sequence: [{ waitS: 1 }, leaf()] });
  assert.equal(supervisor.command("abort"), '"abort" is not possible while the agent is booting');
  run();
  assert.equal(supervisor.command("restart-skill"), '"restart-skill" is not possible now: no skill is in progress');
  assert.equal(supervisor.command("abort"), null);
  assert.equal(supervisor.command("abort"), '"abort" is not possible while the agent is idle');
  assert.deepEqual(types(), ["finish"]);
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
