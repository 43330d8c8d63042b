/** The link to the broker: it waits longer after every failure, and never keeps anything of a connection that is over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BACKOFF_MS, keepLink, STABLE_MS, waitMs } from "../../../../runtime/bridge/mqtt/keep-link.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { fakeBroker, settle } from "../../../helpers/mqtt-fakes.ts";

const will = { topic: "t", payload: "{}", qos: 1, retain: true } as const;

function openLink(onUp: () => Promise<void> = async () => {}) {
  const clock = new ManualClock();
  const { broker, dial } = fakeBroker();
  const said: string[] = [];
  const ups: number[] = [];
  const downs: string[] = [];
  const link = keepLink({
    connect: (signal) => dial(will, signal),
    onUp: async () => {
      ups.push(Number(clock.nowNs() / 1_000_000n));
      await onUp();
    },
    onDown: (why) => void downs.push(why),
    clock,
    rng: createRng(1),
    say: (text) => void said.push(text),
  });
  const pass = async (ms: number, stepMs = 50): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.advance(stepMs);
      await settle();
    }
  };
  return { link, broker, clock, said, ups, downs, pass };
}

test("each wait is twice the one before, up to half a minute, and at least half of that", () => {
  const rng = createRng(1);
  for (const [failures, wholeMs] of [
    [1, 500],
    [2, 1000],
    [5, 8000],
    [7, 30_000],
    [1000, 30_000],
  ] as const) {
    for (let i = 0; i < 100; i++) {
      const wait = waitMs(failures, rng);
      assert.ok(wait >= wholeMs / 2 && wait <= wholeMs, `${failures} failures: ${wait} ms`);
    }
  }
});

test("it connects when the broker comes, and says one sentence however often it tried", async () => {
  const { link, broker, said, pass, ups } = openLink();
  broker.isThere = false;
  await settle();
  broker.lose();
  await settle();
  await pass(10_000);
  assert.ok(broker.dialled.length > 3);
  assert.equal(said.filter((text) => text === "no broker is there").length, 1);
  assert.equal(link.connection, null);
  broker.isThere = true;
  await pass(BACKOFF_MS.last);
  assert.ok(link.connection);
  assert.equal(ups.length, 2);
  await link[Symbol.asyncDispose]();
});

test("a broker that drops us at once, as for a second robot of the same name, is asked ever more seldom", async () => {
  const { link, broker, pass } = openLink();
  for (let ms = 0; ms < 120_000; ms += 250) {
    broker.lose("session taken over");
    await pass(250, 250);
  }
  assert.ok(broker.dialled.length < 14, `${broker.dialled.length} connections in two minutes`);
  await link[Symbol.asyncDispose]();
});

test("a connection that lasted begins the waits anew", async () => {
  const { link, broker, pass, downs } = openLink();
  for (let round = 0; round < 5; round++) {
    await pass(STABLE_MS + 1000);
    broker.lose();
    await pass(BACKOFF_MS.first + 100);
    assert.ok(link.connection, `round ${round}`);
  }
  assert.equal(downs.length, 5);
  await link[Symbol.asyncDispose]();
});

test("a broker that does not let us listen is left, and asked again later", async () => {
  let isAllowed = false;
  const { link, said, pass } = openLink(async () => {
    if (!isAllowed) throw new AgentError("bridge.refused", "listening is not allowed");
  });
  await settle();
  assert.ok(said.includes("listening is not allowed"));
  assert.equal(link.connection, null);
  isAllowed = true;
  await pass(2000);
  assert.ok(link.connection);
  await link[Symbol.asyncDispose]();
});

test("when it is closed it connects no more", async () => {
  const { link, broker, pass, downs } = openLink();
  await settle();
  await link[Symbol.asyncDispose]();
  await pass(BACKOFF_MS.last);
  assert.equal(broker.dialled.length, 1);
  assert.deepEqual(downs, []);
});
