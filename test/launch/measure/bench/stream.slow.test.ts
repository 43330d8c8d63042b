/** `bench stream` starts a real keeper and a real planner's load, and reads the keeper's own figures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { benchStream, printBenchStream } from "../../../../launch/measure/bench/stream.ts";
import { pandaSpec } from "../../../../robots/panda/spec.ts";
import { TINY_CAMERAS } from "../../../helpers/tiny-model.ts";

test("bench stream counts beats and plans of each row, none without a planner", async () => {
  const options = { spec: pandaSpec, cameras: TINY_CAMERAS, supersample: 1, cameraRateHz: 20, signal: new AbortController().signal };
  const result = await benchStream({ ...options, seconds: 2, threads: [0, 1] });
  const [idle, planning] = result.rows;
  assert.ok(idle && planning);
  assert.deepEqual([idle.threads, idle.plans, idle.planMs], [0, 0, null]);
  assert.ok(planning.plans > 0 && planning.planMs !== null);
  for (const { beats, periodErrorMs } of result.rows) {
    assert.ok(beats > 1);
    assert.ok(periodErrorMs.p50 <= periodErrorMs.p99 && periodErrorMs.p99 <= periodErrorMs.p999 && periodErrorMs.p999 <= periodErrorMs.max);
  }
  assert.ok(Math.abs(result.planGflop - 10) < 0.1);
  assert.match(printBenchStream(result), /none[\s\S]*1 thr/);
});
