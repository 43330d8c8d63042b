/** Taps are told everything in order, and none of them can stop the arm, hold it up, or fill the memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFanOut, createTeller, HOLD_UP_MS_MAX, HOLD_UPS_MAX, LAG_MS_MAX, QUEUE_MAX } from "../../../runtime/assemble/fan-out.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { Tap, Told } from "../../../runtime/core/tap.ts";
import type { Tick } from "../../../runtime/core/tick.ts";

const tick = (index: number): Tick => ({ decision: { index } }) as unknown as Tick;
const indexOf = ({ decision }: Tick): number => decision.index;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function fanOutOf(taps: readonly Tap[]) {
  const clock = new ManualClock();
  const said: string[] = [];
  return { clock, said, fanOut: createFanOut(taps, clock, (line) => said.push(line)) };
}

/** Remembers the ticks it was told. */
function listener(name = "listener") {
  const heard: number[] = [];
  const tap: Tap = { name, tick: (news) => void heard.push(indexOf(news)) };
  return { tap, heard };
}

test("every tap hears every piece of news that it has a handler for, in order", async () => {
  const { tap, heard } = listener();
  const { fanOut, said } = fanOutOf([tap, { name: "deaf" }]);
  for (let index = 0; index < 3; index++) fanOut.tell("tick", tick(index));
  assert.deepEqual(heard, [0, 1, 2]);
  assert.deepEqual(said, []);
});

test("what is told before everybody is there waits for them, in order, and nothing waits after", () => {
  const heard: string[] = [];
  const to = createFanOut([{ name: "ear", fault: ({ error }) => void heard.push((error as Error).message) }], new ManualClock(), () => {});
  const { tell, begin } = createTeller();
  const fault = (message: string) => ({ error: new Error(message) }) as unknown as Told<"fault">;
  tell("fault", fault("first"));
  tell("fault", fault("second"));
  assert.deepEqual(heard, []);
  begin(to);
  tell("fault", fault("third"));
  assert.deepEqual(heard, ["first", "second", "third"]);
});

test("a tap that throws is detached and told of once; the others hear on, and whoever tells never sees it", () => {
  const { tap, heard } = listener();
  const broken: Tap = {
    name: "broken",
    tick() {
      throw new Error("no disk");
    },
  };
  const { fanOut, said } = fanOutOf([broken, tap]);
  fanOut.tell("tick", tick(0));
  fanOut.tell("tick", tick(1));
  assert.deepEqual(heard, [0, 1]);
  assert.deepEqual(said, ["broken: hears no more, it failed: no disk; the arm goes on without it"]);
  assert.equal(fanOut.report()[0]?.detached, "it failed: no disk");
});

test("a promise that is rejected detaches as a throw does", async () => {
  const { fanOut, said } = fanOutOf([{ name: "late", tick: () => Promise.reject(new Error("gone")) }]);
  fanOut.tell("tick", tick(0));
  await settled();
  assert.deepEqual(said, ["late: hears no more, it failed: gone; the arm goes on without it"]);
});

test("while a tap is busy its news wait, at most so many: the oldest go, and are counted", async () => {
  const heard: number[] = [];
  let finish = (): void => {};
  const busy: Tap = {
    name: "busy",
    tick(news) {
      heard.push(indexOf(news));
      return heard.length === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
    },
  };
  const { fanOut } = fanOutOf([busy]);
  for (let index = 0; index < QUEUE_MAX + 4; index++) fanOut.tell("tick", tick(index));
  assert.deepEqual(heard, [0]);
  finish();
  await settled();
  assert.equal(heard.length, 1 + QUEUE_MAX);
  assert.deepEqual(heard.slice(0, 2), [0, 4], "1, 2 and 3 were left out");
  assert.deepEqual(fanOut.report(), [{ name: "busy", dropped: 3, detached: null }]);
});

test("a tap that is busy for too long is detached", () => {
  const { fanOut, clock, said } = fanOutOf([{ name: "stuck", tick: () => new Promise(() => {}) }]);
  fanOut.tell("tick", tick(0));
  clock.advance(LAG_MS_MAX + 1);
  fanOut.tell("tick", tick(1));
  assert.match(said[0] ?? "", /^stuck: hears no more, it has been busy for 5001 ms, at most 5000 ms/);
});

test("a tap that holds the loop up again and again is detached; once is forgiven", () => {
  const { tap, heard } = listener("slow");
  let isSlow = true;
  const slow: Tap = {
    name: "slow",
    tick(news) {
      tap.tick?.(news);
      if (isSlow) clock.advance(HOLD_UP_MS_MAX + 1);
    },
  };
  const { fanOut, clock, said } = fanOutOf([slow]);
  fanOut.tell("tick", tick(0));
  isSlow = false;
  fanOut.tell("tick", tick(1));
  isSlow = true;
  for (let index = 0; index < HOLD_UPS_MAX + 3; index++) fanOut.tell("tick", tick(index));
  assert.equal(heard.length, 2 + HOLD_UPS_MAX);
  assert.equal(said.length, 1);
});

test("at the end a tap that is busy hears what still waits for it before it is closed; one that never gets ready is closed all the same", async () => {
  const heard: (number | string)[] = [];
  let finish = (): void => {};
  const busy: Tap = {
    name: "busy",
    tick: (news) => {
      heard.push(indexOf(news));
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
    close: async () => void heard.push("closed"),
  };
  const { fanOut } = fanOutOf([busy]);
  fanOut.tell("tick", tick(0));
  fanOut.tell("tick", tick(1));
  const ended = fanOut[Symbol.asyncDispose]();
  await settled();
  assert.deepEqual(heard, [0]);
  finish();
  await settled();
  finish();
  await ended;
  assert.deepEqual(heard, [0, 1, "closed"]);

  const stuck = fanOutOf([busy]);
  stuck.fanOut.tell("tick", tick(2));
  const over = stuck.fanOut[Symbol.asyncDispose]();
  await settled();
  stuck.clock.advance(10_000);
  await over;
  await settled();
  assert.deepEqual(heard.slice(3), [2, "closed"]);
});

test("each tap is closed once, also one that was detached, and hears nothing afterwards; one that hangs in closing does not hang the end", async () => {
  const closed: string[] = [];
  const { tap, heard } = listener("well");
  const well: Tap = { ...tap, close: () => void closed.push("well") };
  const broken: Tap = {
    name: "broken",
    tick() {
      throw new Error("no");
    },
    close: () => void closed.push("broken"),
  };
  const hung: Tap = { name: "hung", close: () => new Promise(() => {}) };
  const { fanOut, clock } = fanOutOf([well, broken, hung]);
  fanOut.tell("tick", tick(0));
  const ended = fanOut[Symbol.asyncDispose]();
  for (let look = 0; look < 5; look++) await settled();
  clock.advance(20_000);
  await ended;
  fanOut.tell("tick", tick(1));
  assert.deepEqual(closed, ["well", "broken"]);
  assert.deepEqual(heard, [0]);
  assert.match(fanOut.report()[2]?.detached ?? "", /did not close within 10000 ms/);
});
