/** Tests for surprise.ts: a threshold from held-out decisions, and slower before it holds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { createSurpriseWatch, SURPRISES_TO_HOLD, surpriseThreshold } from "../../../runtime/supervise/surprise.ts";

test("of new decisions like the held-out ones at most the share that was asked for is above the threshold, on average over draws", () => {
  const rng = createRng(7);
  const draw = (count: number): number[] => Array.from({ length: count }, () => Math.abs(rng.normal()) ** 3);
  let above = 0;
  const [draws, fresh] = [200, 200];
  for (let i = 0; i < draws; i++) {
    const threshold = surpriseThreshold(draw(99), 0.05);
    above += draw(fresh).filter((each) => each > threshold).length;
  }
  const share = above / (draws * fresh);
  assert.ok(share <= 0.055 && share > 0.03, `${share}`);
});

test("too few held-out decisions say nothing, and numbers that are none do not count", () => {
  assert.equal(surpriseThreshold([1, 2, 3], 0.01), Number.POSITIVE_INFINITY);
  assert.equal(surpriseThreshold([Number.NaN, 1, 2, 3], 0.25), 3);
});

test("one surprise slows, so many in a row hold, and one that is calm ends it", () => {
  const watch = createSurpriseWatch(2);
  assert.deepEqual([1, 3, 1, 3, 3, 3, 1].map(watch), ["calm", "slow", "calm", "slow", "slow", "hold", "calm"]);
  assert.equal(SURPRISES_TO_HOLD, 3);
});

test("a decision that imagined nothing changes nothing, and one that is no number is a surprise", () => {
  const watch = createSurpriseWatch(2);
  assert.deepEqual([3, null, Number.NaN, null, Number.POSITIVE_INFINITY].map(watch), ["slow", "slow", "slow", "slow", "hold"]);
});
