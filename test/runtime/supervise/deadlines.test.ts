/** Tests for deadlines.ts: timers as data, on the supervisor's time and on the task's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, type Deadline, due, heldFor, nextInMs, type Owner, type Times, without } from "../../../runtime/supervise/deadlines.ts";

const agent: Owner = { kind: "agent" };
const task: Owner = { kind: "task" };
const left: Owner = { kind: "skill", path: "0" };
const right: Owner = { kind: "skill", path: "1" };
const at = (nowMs: number, heldSinceMs: number | null = null): Times => ({ nowMs, heldSinceMs });
const armed = (owner: Owner, id: string, delayMs: number, times = at(0), before: readonly Deadline[] = []): readonly Deadline[] =>
  changed(before, owner, [{ kind: "arm", id, delayMs }], times);
const names = (deadlines: readonly Deadline[]): string[] => deadlines.map((each) => each.id);

test("a deadline is due at its time, not before", () => {
  const deadlines = armed(task, "a", 100);
  assert.deepEqual(names(due(deadlines, at(99.999))), []);
  assert.deepEqual(names(due(deadlines, at(100))), ["a"]);
});

test("a deadline is not missed for the rounding of milliseconds", () => {
  const deadlines = armed(task, "a", 0.2, at(0.1));
  assert.notEqual(0.1 + 0.2, 0.3);
  assert.deepEqual(names(due(deadlines, at(0.3))), ["a"]);
});

test("what is due comes the earliest first", () => {
  const deadlines = armed(agent, "late", 50, at(0), armed(task, "early", 20));
  assert.deepEqual(names(due(deadlines, at(100))), ["early", "late"]);
});

test("disarming takes away its owner's only, and twice is harmless", () => {
  const both = armed(right, "a", 100, at(0), armed(left, "a", 100));
  const one = changed(both, left, [{ kind: "disarm", id: "a" }], at(10));
  assert.deepEqual(one, armed(right, "a", 100));
  assert.deepEqual(changed(one, left, [{ kind: "disarm", id: "a" }], at(10)), one);
  assert.deepEqual(without(both, right), armed(left, "a", 100));
});

test("armed anew, it counts from then and exists once", () => {
  const again = changed(
    armed(task, "a", 100),
    task,
    [
      { kind: "disarm", id: "a" },
      { kind: "arm", id: "a", delayMs: 100 },
    ],
    at(60),
  );
  assert.deepEqual(again, [{ owner: task, id: "a", dueMs: 160 }]);
  assert.deepEqual(armed(task, "a", 100, at(60), armed(task, "a", 100)), again);
});

test("while the task is held its time stands still, also for what is armed meanwhile; the agent's goes on", () => {
  const before = armed(agent, "agent", 1000, at(0), armed(left, "a", 100));
  const held = armed(task, "b", 30, at(3000, 60), before);
  assert.deepEqual(names(due(held, at(5060, 60))), ["agent"]);
  const resumed = heldFor(held, 5060 - 60);
  assert.equal(nextInMs(resumed, at(5060)), 0, "the agent's is due");
  const tasks = without(resumed, agent);
  assert.equal(nextInMs(tasks, at(5060)), 30);
  assert.deepEqual(names(due(tasks, at(5099))), ["b"]);
  assert.deepEqual(names(due(tasks, at(5100))), ["b", "a"]);
});

test("nothing rings while nothing is waited for, or all that is stands still", () => {
  assert.equal(nextInMs([], at(0)), null);
  assert.equal(nextInMs(armed(task, "a", 100), at(50, 50)), null);
  assert.equal(nextInMs(armed(agent, "a", 100), at(50, 50)), 50);
});
