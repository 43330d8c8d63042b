/** The measure of the stream's evenness. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createJitter } from "../../../runtime/act/jitter.ts";

test("percentiles are of the period's error, and periods over twice the nominal one are late", () => {
  const jitter = createJitter(250);
  let nowNs = 0n;
  jitter.record(nowNs);
  for (let beat = 1; beat <= 100; beat++) {
    nowNs += beat === 100 ? 9_000_000n : beat % 2 ? 4_500_000n : 3_500_000n;
    jitter.record(nowNs);
  }
  const { p99Ms, p999Ms, ...rest } = jitter.stats();
  assert.deepEqual(rest, { beatCount: 101, lateCount: 1, p50Ms: 0.5, maxMs: 5 });
  // Between order statistics: 99 errors of 0.5 ms and one of 5 ms.
  assert.ok(Math.abs(p99Ms - (0.5 + 0.01 * 4.5)) < 1e-9, `${p99Ms}`);
  assert.ok(Math.abs(p999Ms - (0.5 + 0.901 * 4.5)) < 1e-9, `${p999Ms}`);
});

test("a pause on purpose is not counted", () => {
  const jitter = createJitter(250);
  jitter.record(0n);
  jitter.pause();
  jitter.record(5_000_000_000n);
  assert.deepEqual(jitter.stats(), { beatCount: 2, lateCount: 0, p50Ms: 0, p99Ms: 0, p999Ms: 0, maxMs: 0 });
});
