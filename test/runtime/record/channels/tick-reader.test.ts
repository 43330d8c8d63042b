import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tick } from "../../../../runtime/core/tick.ts";
import { messagesOf } from "../../../../runtime/record/channels/messages-of.ts";
import { createTickReader } from "../../../../runtime/record/channels/tick-reader.ts";
import { runFacts, tickAt } from "../../../helpers/run-news.ts";

async function readBack(tick: Tick, without = ""): Promise<readonly Tick[]> {
  const reader = createTickReader();
  const ticks: Tick[] = [];
  for (const { topic, data } of messagesOf({ kind: "tick", what: tick, atNs: 9n }, { facts: runFacts, pictures: "png" })) {
    const read = topic === without ? null : reader.add(topic, await data());
    if (read) ticks.push(read);
  }
  return ticks;
}

test("a Tick is read back as it was, number by number", async () => {
  const tick = tickAt(3, 7n);
  assert.deepEqual(await readBack(tick), [tick]);
});

test("one without a plan, a segment and a subgoal as well as one with", async () => {
  const bare = tickAt(0, 7n, { plan: null, segment: null, verdict: "stop", why: ["too near"], surprise: 0.25 });
  assert.deepEqual(await readBack(bare), [bare]);
  const { plan } = tickAt(0, 7n).decision;
  const aiming = tickAt(1, 7n, { plan: { ...plan!, subgoal: Float32Array.of(0.5, 0), subgoalDecisions: 2, decider: "prior" } });
  assert.deepEqual(await readBack(aiming), [aiming]);
});

test("a decision of which a part is missing is refused by its name", async () => {
  await assert.rejects(readBack(tickAt(4, 7n), "/verdict"), /decision 4 has no \/verdict/);
});
