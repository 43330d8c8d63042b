import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { faultHappening, HAPPENINGS_MAX, type Happening, withHappening } from "../../../runtime/dashboard/happenings.ts";

const decision = { reaction: "hold", reason: "The arm rests." } as const;
const stale = new AgentError("sense.stale", 'camera "side": received 1485 ms ago, at most 500 ms; check the load of this computer');
const change = (atMs: number): Happening => ({ kind: "change", atMs, what: "agent", from: "idle", to: "running", reason: "" });

test("a fault is told with its cause and what to do about it, apart", () => {
  const { code, cause, remedy, reaction, reason } = faultHappening({ error: stale, decision }, 10);
  assert.equal(code, "sense.stale");
  assert.equal(cause, 'camera "side": received 1485 ms ago, at most 500 ms');
  assert.equal(remedy, "check the load of this computer");
  assert.deepEqual([reaction, reason], ["hold", "The arm rests."]);
});

test("what a guard refused is told with what to do, however many things it refused it for", () => {
  const refused = new AgentError("guard.stop", "decision 7: its motion was refused (too old; too far); if that goes on, move the goal");
  const { cause, remedy } = faultHappening({ error: refused, decision }, 0);
  assert.deepEqual([cause, remedy], ["decision 7: its motion was refused (too old; too far)", "if that goes on, move the goal"]);
});

test("a bug has no remedy but is told as one", () => {
  const { code, cause, remedy } = faultHappening({ error: new TypeError("x is not a function"), decision }, 0);
  assert.deepEqual([code, cause, remedy], ["bug", "x is not a function", ""]);
});

test("a fault that comes again and again counts up in its place, the newest time and words told", () => {
  const list = [1, 2, 3].reduce<readonly Happening[]>(
    (all, atMs) => withHappening(all, faultHappening({ error: stale, decision }, atMs)),
    [],
  );
  assert.equal(list.length, 1);
  assert.deepEqual(list[0]?.kind === "fault" && [list[0].times, list[0].atMs], [3, 3]);
  assert.equal(
    withHappening(withHappening(list, change(4)), faultHappening({ error: stale, decision }, 5)).length,
    3,
    "not over what came between",
  );
});

test("however much happens, the list is bounded, and its newest is on top", () => {
  let list: readonly Happening[] = [];
  for (let atMs = 0; atMs < 3 * HAPPENINGS_MAX; atMs++) list = withHappening(list, change(atMs));
  assert.equal(list.length, HAPPENINGS_MAX);
  assert.equal(list[0]?.atMs, 3 * HAPPENINGS_MAX - 1);
});
