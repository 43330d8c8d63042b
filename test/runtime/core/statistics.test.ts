import assert from "node:assert/strict";
import { test } from "node:test";
import { quantile, wilson95 } from "../../../runtime/core/statistics.ts";

test("quantiles are exact at order statistics and linear between them", () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([0, 10], 0.9), 9);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test("Wilson's interval of 9 in 10 is the published one", () => {
  const [low, high] = wilson95(9, 10);
  assert.ok(Math.abs(low - 0.5958) < 1e-3 && Math.abs(high - 0.9821) < 1e-3, `${low} ${high}`);
});

test("Wilson's interval stays inside [0, 1] and is everything without trials", () => {
  assert.deepEqual(wilson95(0, 0), [0, 1]);
  assert.equal(wilson95(0, 20)[0], 0);
  assert.equal(wilson95(20, 20)[1], 1);
});
