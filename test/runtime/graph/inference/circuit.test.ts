/** When a server is worth asking, on a clock that only moves when told to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../../runtime/core/clock.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { ask } from "../../../../runtime/graph/inference/attempts.ts";
import { createCircuit } from "../../../../runtime/graph/inference/circuit.ts";
import { LinkError } from "../../../../runtime/graph/inference/link.ts";

test("three failures in a row open it for a second, one success forgets them", () => {
  const clock = new ManualClock();
  const circuit = createCircuit(clock);
  assert.deepEqual([circuit.failed(), circuit.failed(), circuit.state], [false, false, "closed"]);
  assert.equal(circuit.succeeded(), false);
  assert.deepEqual([circuit.failed(), circuit.failed(), circuit.failed()], [false, false, true]);
  assert.equal(circuit.state, "open");
  clock.advance(999);
  assert.equal(circuit.state, "open");
  clock.advance(1);
  assert.equal(circuit.state, "due");
});

test("each failed look after a pause doubles it, up to half a minute; a success tells that the server is back", () => {
  const clock = new ManualClock();
  const circuit = createCircuit(clock);
  for (let i = 0; i < 3; i++) circuit.failed();
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    clock.advance(pauseMs - 1);
    assert.equal(circuit.state, "open", `${pauseMs} ms`);
    clock.advance(1);
    assert.equal(circuit.state, "due", `${pauseMs} ms`);
    assert.equal(circuit.failed(), false);
  }
  assert.equal(circuit.succeeded(), true);
  assert.equal(circuit.state, "closed");
});

/** Lets promises settle between moves of the clock. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    clock.advance(1);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}
const patience = (clock: ManualClock, deadlineMs: number) => ({ clock, rng: createRng(1), deadlineMs });

test("what was not there is asked again within the deadline", async () => {
  const clock = new ManualClock();
  let asked = 0;
  const answer = ask(patience(clock, 100), async () => {
    if (++asked < 3) throw new LinkError("unreachable", "ECONNREFUSED");
    return "plan";
  });
  await pass(clock, 60);
  assert.equal(await answer, "plan");
  assert.equal(asked, 3);
});

test("it is asked four times at most, and what was refused is not asked again", async () => {
  for (const [kind, times] of [
    ["busy", 4],
    ["refused", 1],
  ] as const) {
    const clock = new ManualClock();
    let asked = 0;
    const answer = ask(patience(clock, 1_000), async () => {
      asked++;
      throw new LinkError(kind, "no");
    });
    const refused = assert.rejects(answer, { name: "LinkError", kind });
    await pass(clock, 300);
    await refused;
    assert.equal(asked, times);
  }
});

test("past the deadline the attempt is cancelled and it is told so", async () => {
  const clock = new ManualClock();
  let cancelled: unknown = null;
  const answer = ask(
    patience(clock, 80),
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          cancelled = signal.reason;
          reject(signal.reason);
        }),
      ),
  );
  const late = assert.rejects(answer, { name: "LinkError", kind: "unreachable", message: "it did not answer within 80 ms" });
  await pass(clock, 81);
  await late;
  assert.ok(cancelled instanceof LinkError);
});

test("whoever asked and no longer waits is obeyed at once", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const answer = ask(
    patience(clock, 1_000),
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    stop.signal,
  );
  stop.abort(new Error("stopped"));
  await assert.rejects(answer, { message: "stopped" });
});
