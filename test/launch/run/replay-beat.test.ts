/** The pace of a replay: as fast as it goes, at a rate, from a moment on, a decision at a time. */
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createReplayBeat, type ReplayBeatOptions } from "../../../launch/run/replay-beat.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { Order } from "../../../runtime/core/desk.ts";
import { tickAt } from "../../helpers/run-news.ts";

const PERIOD_NS = 200_000_000n;

function make(changes: Partial<ReplayBeatOptions>) {
  const clock = new ManualClock();
  const said: string[] = [];
  const input = new PassThrough();
  const controller = new AbortController();
  const pace = { fromS: 0, rate: null, step: false, ...changes };
  const beat = createReplayBeat({ ...pace, clock, input, say: (line) => said.push(line), signal: controller.signal });
  return { clock, said, input, controller, beat };
}

/** Whether it has come by now, without any time passing. */
async function hasCome(waited: Promise<void>): Promise<boolean> {
  let came = false;
  void waited.then(() => {
    came = true;
  });
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return came;
}

test("without a word of pace nothing waits and nothing is told", async () => {
  const { beat, said } = make({});
  await beat.beat(0n);
  await beat.beat(PERIOD_NS);
  beat.decided(tickAt(0, 0n), null);
  assert.deepEqual(said, []);
});

test("at rate 2 a decision comes after half of the time, and is told", async () => {
  const { beat, clock, said } = make({ rate: 2 });
  await beat.beat(5n);
  const second = beat.beat(5n + PERIOD_NS);
  assert.equal(await hasCome(second), false);
  clock.advance(99);
  assert.equal(await hasCome(second), false);
  clock.advance(1);
  await second;
  beat.decided(tickAt(1, 5n), null);
  beat.decided(tickAt(2, 5n), "differs in latent (1 value)");
  assert.deepEqual(said, [
    "0.20 s, decision 1: clip: table: 2 mm too low, cost 0.3333; as recorded",
    "0.20 s, decision 2: clip: table: 2 mm too low, cost 0.3333; differs in latent (1 value)",
  ]);
});

test("what lies before --from goes by at once and untold, and what follows keeps the pace", async () => {
  const { beat, said } = make({ rate: 1, fromS: 0.3 });
  await beat.beat(0n);
  beat.decided(tickAt(0, 0n), null);
  await beat.beat(PERIOD_NS);
  await beat.beat(2n * PERIOD_NS);
  beat.decided(tickAt(2, 0n), null);
  assert.match(said.join("\n"), /^0\.40 s, decision 2: [^\n]*$/);
  assert.equal(await hasCome(beat.beat(3n * PERIOD_NS)), false);
});

test("with --step every decision waits for a line; an end of input or Ctrl-C lets go", async () => {
  const { beat, input, controller } = make({ step: true });
  const first = beat.beat(0n);
  assert.equal(await hasCome(first), false);
  input.write("\n");
  await first;
  const second = beat.beat(PERIOD_NS);
  assert.equal(await hasCome(second), false);
  input.end();
  await second;
  await beat.beat(2n * PERIOD_NS);
  const other = make({ step: true });
  const waiting = other.beat.beat(0n);
  other.controller.abort();
  await waiting;
  other.beat[Symbol.dispose]();
  assert.equal(controller.signal.aborted, false);
});

const ORDERS: readonly (readonly [Order, string])[] = [
  [{ kind: "commanded", who: "page", command: "hold" }, "page said hold"],
  [{ kind: "assigned", who: "fleet", task: {} }, "fleet gave a task"],
  [{ kind: "called", who: "ros", name: "park" }, "ros called the urgent task park"],
  [{ kind: "shown", who: "page", frames: [] }, "page gave pictures of a goal"],
  [{ kind: "limited", who: "page", limits: { speedShare: 0.5, payloadKg: 1 } }, "page set speedShare to 0.5, payloadKg to 1"],
  [{ kind: "left", who: "foxglove" }, "foxglove left the arm"],
];

test("with a rate, a step or a beginning it says what was told between the decisions, by whom and when", async () => {
  for (const pace of [{ rate: 1000 }, { step: true }, { fromS: 0.1 }]) {
    const { beat, clock, said, input } = make(pace);
    input.end();
    await beat.beat(5n);
    clock.advance(1);
    await beat.beat(5n + PERIOD_NS);
    for (const [order] of ORDERS) beat.told(order);
    assert.deepEqual(
      said,
      ORDERS.map(([, words]) => `0.20 s, ${words}`),
      JSON.stringify(pace),
    );
  }
});

test("what was told before --from is not said, and without a word of pace nothing is", async () => {
  for (const pace of [{ fromS: 0.3 }, {}]) {
    const { beat, said } = make(pace);
    await beat.beat(0n);
    await beat.beat(PERIOD_NS);
    for (const [order] of ORDERS) beat.told(order);
    assert.deepEqual(said, []);
  }
});
