/** Pair accuracy by the mean and the area under ROC by the maximum, on surprises that are known by heart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scorePairs } from "../../../../launch/measure/physics/score.ts";

test("a pair is told apart where the mean surprise of the impossible film is the greater", () => {
  const score = scorePairs([
    { possible: [1, 1], impossible: [0, 4] },
    { possible: [3, 3], impossible: [0, 4] },
  ]);
  assert.deepEqual([score.pairs, score.right, score.accuracy], [2, 1, 0.5]);
});

test("films that surprise alike count half, so that whoever sees no difference comes to one half of either figure", () => {
  const score = scorePairs(Array.from({ length: 4 }, () => ({ possible: [1, 2], impossible: [1, 2] })));
  assert.deepEqual([score.accuracy, score.auroc], [0.5, 0.5]);
});

test("the area under ROC compares the largest surprises of films of all pairs, whatever their means are", () => {
  const score = scorePairs([
    { possible: [5, 5, 5], impossible: [0, 0, 9] },
    { possible: [7, 7, 7], impossible: [0, 0, 6] },
  ]);
  assert.equal(score.right, 0);
  assert.equal(score.auroc, 0.75);
});

test("the interval is Wilson's: no failure of a hundred says 96.3 % or more", () => {
  const [low, high] = scorePairs(Array.from({ length: 100 }, () => ({ possible: [1], impossible: [2] }))).wilson95;
  assert.ok(Math.abs(low - 0.963) < 5e-4 && Math.abs(high - 1) < 1e-9);
});
