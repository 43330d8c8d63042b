/** Tests for timers.ts: statechart time on the agent's clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { createTimers } from "../../../runtime/supervise/timers.ts";

function begin() {
  const clock = new ManualClock();
  const timers = createTimers(clock);
  const fired: string[] = [];
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await setImmediate(); // Lets the clock's promises run.
  };
  return { timers, fired, pass, set: (name: string, ms: number) => timers.setTimeout(() => fired.push(name), ms) };
}

test("a timer fires once, at its time", async () => {
  const { fired, pass, set } = begin();
  set("a", 100);
  await pass(99);
  assert.deepEqual(fired, []);
  await pass(1);
  await pass(1000);
  assert.deepEqual(fired, ["a"]);
});

test("a cleared timer never fires, and clearing twice or after firing is harmless", async () => {
  const { timers, fired, pass, set } = begin();
  const cleared = set("a", 100);
  const done = set("b", 50);
  timers.clearTimeout(cleared);
  timers.clearTimeout(cleared);
  await pass(100);
  timers.clearTimeout(done);
  timers.clearTimeout(undefined);
  assert.deepEqual(fired, ["b"]);
});

test("a timer cleared at the very moment it is due does not fire", async () => {
  const { timers, fired, pass, set } = begin();
  const timer = set("a", 100);
  const passing = pass(100);
  timers.clearTimeout(timer);
  await passing;
  assert.deepEqual(fired, []);
});

test("no time passes for timers while they are paused, also for those set meanwhile", async () => {
  const { timers, fired, pass, set } = begin();
  set("a", 100);
  await pass(60);
  timers.pause();
  timers.pause();
  set("b", 30);
  await pass(5000);
  assert.deepEqual(fired, []);
  timers.resume();
  timers.resume();
  await pass(39);
  assert.deepEqual(fired, ["b"]);
  await pass(1);
  assert.deepEqual(fired, ["b", "a"]);
});
