/** Whoever waits for workers waits for what is missing, hears what goes wrong, and does not wait for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CampaignQueue, runCampaign } from "../../../launch/jobs/campaign.ts";
import type { Job, Outcome } from "../../../launch/jobs/queue.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";

/** Results that are there already, and what workers will send. */
function queueOf(there: readonly Outcome[], sent: readonly Outcome[] | "nothing") {
  const offered: Job[] = [];
  const forgotten: number[] = [];
  let withdrawals = 0;
  const queue: CampaignQueue = {
    isClosed: false,
    publish: async () => "f".repeat(64),
    outcomes: async () => there,
    async forget(_, seed) {
      forgotten.push(seed);
    },
    hear: () => ({ [Symbol.dispose]: () => {} }),
    async withdraw() {
      withdrawals++;
    },
    async offer(jobs) {
      offered.push(...jobs);
    },
    async *coming(_, signal) {
      if (sent !== "nothing") yield* sent;
      else if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
  return { queue, offered, forgotten, withdrawals: () => withdrawals };
}

const campaign = { kind: "eval", config: "{}", seeds: [10, 11, 12, 13, 14, 15, 16] };
const value = (seed: number): Outcome => ({ seed, worker: "w", value: `of ${seed}` });
const failed: Outcome = { seed: 12, worker: "w", error: { code: "goal.unreachable", message: "the goal is out of reach" } };

function ioWith(clock = new ManualClock()) {
  const said: string[] = [];
  const counted: number[] = [];
  const io = { clock, say: (line: string) => said.push(line), onOutcome: (_: Outcome, done: number) => void counted.push(done) };
  return { io: { ...io, signal: new AbortController().signal }, said, counted };
}

test("what is there is not done again, what is sent twice or by another campaign does not count, and values come in the order of their seeds", async () => {
  const { queue, offered } = queueOf([value(12), value(99)], [16, 15, 15, 14, 13, 99, 11, 10].map(value));
  const { io, said, counted } = ioWith();
  const values = await runCampaign(queue, campaign, io);
  assert.deepEqual(
    values,
    campaign.seeds.map((seed) => `of ${seed}`),
  );
  assert.deepEqual(
    offered.map(({ seeds }) => seeds),
    [[10, 11, 13, 14, 15], [16]],
  );
  assert.match(said[0] ?? "", /^1 of 7 were done before/);
  assert.deepEqual(counted, [2, 3, 4, 5, 6, 7]);
});

test("the error that ended a seed ends the campaign, as it would here, and takes back what nobody has begun", async () => {
  const { queue, withdrawals } = queueOf([], [value(10), failed]);
  await assert.rejects(runCampaign(queue, campaign, ioWith().io), {
    code: "goal.unreachable",
    message: "seed 12, on w: the goal is out of reach",
  });
  assert.equal(withdrawals(), 2);
});

test("an error of an earlier time is tried again", async () => {
  const { queue, offered, forgotten } = queueOf([failed], campaign.seeds.map(value));
  await runCampaign(queue, campaign, ioWith().io);
  assert.deepEqual(forgotten, [12]);
  assert.ok(offered.some(({ seeds }) => seeds.includes(12)));
});

test("where no worker sends anything for ten minutes, it is said how much is missing and what to do", async () => {
  const clock = new ManualClock();
  const { queue } = queueOf([], "nothing");
  const told = { code: "bridge.timeout", message: /^jobs: 0 of 7 seeds are done and nothing came for 60\d s; start workers/ };
  const refused = assert.rejects(runCampaign(queue, campaign, ioWith(clock).io), told);
  for (let s = 0; s < 605; s++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
  }
  await refused;
});

test("interrupted, it ends with the reason", async () => {
  const { queue, withdrawals } = queueOf([], "nothing");
  const interrupt = new AbortController();
  const waiting = runCampaign(queue, campaign, { ...ioWith().io, signal: interrupt.signal });
  interrupt.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  assert.equal(withdrawals(), 2);
});
