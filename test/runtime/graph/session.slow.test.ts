/** Sessions, in this thread and in a worker thread: the same contract, the same bytes, the same refusals. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import {
  floats,
  openSession,
  openSessionWorker,
  type Session,
  type SessionOptions,
  type SessionWorker,
} from "../../../runtime/graph/session.ts";
import { smallModel } from "../../remote/models.ts";
import { startSlowRun } from "./slow-model.ts";

const model = smallModel(3);
const x = floats(createRng(4).fillNormal(new Float32Array(48)), [3, 16]);
const flag = { dtype: "int64", shape: [1], data: BigInt64Array.of(2n) } as const;
const cpu: SessionOptions = { provider: "cpu", threads: 1, name: "small.onnx" };

let host: SessionWorker;
before(() => {
  host = openSessionWorker({ threads: 1 });
});
after(() => host[Symbol.asyncDispose]());

const places: readonly (readonly [string, (bytes: Uint8Array, options: SessionOptions) => Promise<Session>])[] = [
  ["in this thread", openSession],
  ["in a worker thread", (bytes, options) => host.open(bytes, options)],
];

for (const [place, open] of places) {
  describe(`a session ${place}`, () => {
    it("tells its inputs and outputs with symbolic dimensions", async () => {
      await using session = await open(model, cpu);
      assert.equal(session.provider, "cpu");
      assert.equal(session.fallbackReason, null);
      assert.deepEqual(session.inputs, [
        { name: "x", dtype: "float32", shape: [-1, 16], dims: ["batch", 16] },
        { name: "flag", dtype: "int64", shape: [1], dims: [1] },
      ]);
      assert.deepEqual(
        session.outputs.map(({ name, dtype, shape }) => [name, dtype, shape]),
        [
          ["y", "float32", [-1, 8]],
          ["best", "int64", [-1, 2]],
        ],
      );
    });

    it("does not run for a signal that has aborted", async () => {
      await using session = await open(model, cpu);
      const reason = new Error("stopped");
      await assert.rejects(session.run({ x, flag }, AbortSignal.abort(reason)), reason);
    });

    it("leaves the feeds as they were", async () => {
      await using session = await open(model, cpu);
      const copy = x.data.slice();
      await session.run({ x, flag });
      await session.run({ x, flag });
      assert.deepEqual(x.data, copy);
    });

    it("refuses corrupt model bytes with model.corrupt", async () => {
      await assert.rejects(open(model.slice(0, 60), cpu), (error: Error & { code?: string }) => {
        assert.equal(error.code, "model.corrupt");
        assert.match(error.message, /^small\.onnx: ONNX Runtime cannot load its 60 bytes: .+; copy or export the file again$/);
        return true;
      });
    });

    const misfits: readonly (readonly [string, Record<string, unknown>, string])[] = [
      [
        "of another shape",
        { x: floats(new Float32Array(15), [1, 15]), flag },
        'input "x" takes float32 [batch, 16] but is given float32 [1, 15]; feed it so, or export the model again',
      ],
      [
        "of another rank",
        { x: floats(new Float32Array(16), [16]), flag },
        'input "x" takes float32 [batch, 16] but is given float32 [16]; feed it so, or export the model again',
      ],
      [
        "of another type",
        { x, flag: floats(new Float32Array(1), [1]) },
        'input "flag" takes int64 [1] but is given float32 [1]; feed it so, or export the model again',
      ],
      ["that is missing", { x }, 'input "flag" is not given; give all of its inputs, x, flag'],
      ["that is unknown", { x, flag, z: x }, 'has no input "z"; name one of its inputs, x, flag'],
      [
        "whose array is too short",
        { x: floats(new Float32Array(3), [1, 16]), flag },
        'input "x" of float32 [1, 16] holds 3 elements in a Float32Array; give a Float32Array of 16',
      ],
      [
        "whose array has another type",
        { x, flag: { ...flag, data: new Int32Array(1) } },
        'input "flag" of int64 [1] holds 1 elements in a Int32Array; give a BigInt64Array of 1',
      ],
    ];
    for (const [what, feeds, message] of misfits) {
      it(`refuses a feed ${what} before the runtime sees it`, async () => {
        await using session = await open(model, cpu);
        await assert.rejects(session.run(feeds as never), { code: "model.mismatch", message: `small.onnx: ${message}` });
      });
    }

    it("answers a failure inside the runtime with session.failed", async () => {
      const g = new Graph("outside");
      const table = g.constant(Float32Array.of(1, 2));
      g.output("y", ops.gather(g, table, g.input("index", "int64", [1])));
      await using session = await open(g.toBytes(), { ...cpu, name: "table.onnx" });
      const index = { dtype: "int64", shape: [1], data: BigInt64Array.of(9n) } as const;
      await assert.rejects(session.run({ index }), {
        code: "session.failed",
        message: /^table\.onnx: cpu run failed: .*indices element out of data bounds/,
      });
    });

    it("is disposed once however often it is asked, and then refuses to run", async () => {
      const session = await open(model, cpu);
      await session[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      await assert.rejects(session.run({ x, flag }), {
        code: "session.failed",
        message: "small.onnx: the session is closed; open it again",
      });
    });
  });
}

describe("the worker host", () => {
  it("computes the same bytes as this thread", async () => {
    await using here = await openSession(model, cpu);
    await using there = await host.open(model, cpu);
    assert.deepEqual(await there.run({ x, flag }), await here.run({ x, flag }));
  });

  it("answers interleaved requests of two sessions each with its own result", async () => {
    await using first = await host.open(model, cpu);
    await using second = await host.open(model, cpu);
    const flagged = (value: bigint) => ({ x, flag: { ...flag, data: BigInt64Array.of(value) } });
    const results = await Promise.all([0n, 10n, 20n, 30n].map((value, i) => (i % 2 === 0 ? first : second).run(flagged(value))));
    const offsets = results.map(({ y }) => Math.round(Number(y?.data[0]) - Number(results[0]?.["y"]?.data[0])));
    assert.deepEqual(offsets, [0, 10, 20, 30]);
  });

  it("refuses more waiting requests than its bound", async () => {
    await using bounded = openSessionWorker({ threads: 1, pendingMax: 2 });
    const session = await bounded.open(model, cpu);
    const runs = [1, 2, 3].map(() => session.run({ x, flag }));
    const outcomes = await Promise.allSettled(runs);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected"],
    );
    await assert.rejects(runs[2]!, {
      code: "session.failed",
      message: "session worker: 2 requests already wait, at most 2; await results before asking for more",
    });
  });

  it("fails everything that waits, and everything after, with session.failed when its thread crashes", async () => {
    const crashing = openSessionWorker({ module: "../../test/runtime/graph/crashing-worker.ts" });
    const waiting = [crashing.open(model, cpu), crashing.open(model, cpu)];
    const crash = { code: "session.failed", message: "the session worker crashed: the test asked for a crash; open a new one" };
    for (const open of waiting) await assert.rejects(open, crash);
    await assert.rejects(crashing.open(model, cpu), crash);
    await crashing[Symbol.asyncDispose]();
  });

  it("fails what waits when it is disposed, and is disposed once however often it is asked", async () => {
    const closing = openSessionWorker({ threads: 1 });
    const session = await closing.open(model, cpu);
    const outcomes = Promise.allSettled([1, 2, 3].map(() => session.run({ x, flag })));
    await Promise.all([closing[Symbol.asyncDispose](), closing[Symbol.asyncDispose]()]);
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, "rejected");
      assert.match(String(outcome.reason), /the session worker was disposed/);
    }
    await assert.rejects(session.run({ x, flag }), { code: "session.failed" });
    await session[Symbol.asyncDispose]();
  });

  it("gives up a worker that never answers: session.failed within its time, for what waits and what comes, and disposing it is quick", async () => {
    const clock = new ManualClock();
    const hung = openSessionWorker({ clock, openMsMax: 400, module: "../../test/runtime/graph/silent-worker.ts" });
    const waiting = [hung.open(model, cpu), hung.open(model, { ...cpu, name: "other" })];
    clock.advance(399);
    assert.equal(await Promise.race([...waiting, "still waits"]), "still waits");
    clock.advance(1);
    const failed = {
      code: "session.failed",
      message: "the session worker has not answered loading small.onnx for 400 ms; open a new one",
    };
    for (const open of [...waiting, hung.open(model, cpu)]) await assert.rejects(open, failed);
    await hung[Symbol.asyncDispose]();
  });

  it("gives up a run that takes too long, and each run has its own time from when it begins", async () => {
    const clock = new ManualClock();
    const slow = openSessionWorker({ threads: 1, clock, runMsMax: 1_000 });
    const quick = await slow.open(model, cpu);
    for (let i = 0; i < 3; i++) {
      const two = Promise.all([quick.run({ x, flag }), quick.run({ x, flag })]);
      clock.advance(999);
      await two;
    }
    const { running } = await startSlowRun(slow);
    const behind = quick.run({ x, flag });
    clock.advance(1_000);
    const message = "the session worker has not answered a run of model for 1000 ms; open a new one";
    await assert.rejects(running, { code: "session.failed", message });
    await assert.rejects(behind, { code: "session.failed", message });
    await slow[Symbol.asyncDispose](); // It is inside the runtime, and is not waited for again.
  });

  it("answers an abort at once with its reason, whatever the worker does, and does not begin what nobody waits for", async () => {
    const slow = openSessionWorker({ threads: 1 });
    await using _ = slow;
    const stop = new AbortController();
    const quick = await slow.open(model, cpu);
    const { running } = await startSlowRun(slow);
    const queued = quick.run({ x, flag }, stop.signal);
    const reason = new Error("the operator stopped");
    let isFinished = false;
    const finished = running.then(() => {
      isFinished = true;
    });
    stop.abort(reason);
    await assert.rejects(queued, reason);
    await assert.rejects(quick.run({ x, flag }, stop.signal), reason);
    assert.equal(isFinished, false, "the model still runs");
    await finished;
    assert.ok((await quick.run({ x, flag }, new AbortController().signal))["y"], "the session is as good as before");
  });

  it("loads a model once for all who open it in the same way, and closes it with the last of them", async () => {
    await using once = openSessionWorker({ threads: 1, pendingMax: 1 }); // A second request would be refused.
    const [first, second] = await Promise.all([once.open(model, cpu), once.open(model.slice(), cpu)]);
    assert.equal(first.modelHash, sha256(model));
    assert.equal(second.modelHash, first.modelHash);
    await first[Symbol.asyncDispose]();
    await assert.rejects(first.run({ x, flag }), { code: "session.failed", message: "small.onnx: the session is closed; open it again" });
    assert.ok((await second.run({ x, flag }))["y"]);
    await second[Symbol.asyncDispose]();
    assert.ok((await (await once.open(model, cpu)).run({ x, flag }))["y"], "opened anew");
  });

  it("ends a thread that never answers after its bounded wait", async () => {
    const clock = new ManualClock();
    const stuck = openSessionWorker({ clock, module: "../../test/runtime/graph/silent-worker.ts" });
    const waiting = assert.rejects(stuck.open(model, cpu), { code: "session.failed" });
    const disposed = stuck[Symbol.asyncDispose]();
    clock.advance(5_000);
    await Promise.all([waiting, disposed]);
  });

  it("never ends a thread that is inside a running model: says so, and the run goes on to its end", async () => {
    const clock = new ManualClock();
    const slow = openSessionWorker({ threads: 1, clock });
    const { running } = await startSlowRun(slow);
    const stillRuns = assert.rejects(async () => slow[Symbol.asyncDispose](), {
      code: "session.failed",
      message: "the session worker still runs a model 5000 ms after it was disposed; its thread ends when that run does",
    });
    clock.advance(5_000);
    await assert.rejects(running, { code: "session.failed", message: "the session worker was disposed; open a new one" });
    await stillRuns;
  });

  it("lets the running model finish when the process exits, so that the exit code is not that of an abort", async () => {
    const script = fileURLToPath(new URL("./exit-while-running.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: "inherit" });
    const outcome = await new Promise((resolve) => {
      child.on("exit", (code, signal) => resolve({ code, signal }));
    });
    assert.deepEqual(outcome, { code: 3, signal: null });
  });
});
