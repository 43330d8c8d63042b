import assert from "node:assert/strict";
import { test } from "node:test";
import { progressOf, rateAt } from "../../../runtime/learn/budget.ts";

test("progress is the share of seconds or of steps that is spent, at most 1", () => {
  assert.equal(progressOf({ seconds: 60 }, { seconds: 15, steps: 999 }), 0.25);
  assert.equal(progressOf({ steps: 10 }, { seconds: 999, steps: 5 }), 0.5);
  assert.equal(progressOf({ steps: 10 }, { seconds: 0, steps: 11 }), 1);
});

test("the rate warms up, is near its top early, halves in the middle and ends at a hundredth", () => {
  assert.ok(rateAt(0) <= 0.011);
  assert.ok(rateAt(0.02) > 0.99);
  assert.ok(Math.abs(rateAt(0.5) - 0.5) < 1e-9);
  assert.equal(rateAt(1), 0.01);
});
