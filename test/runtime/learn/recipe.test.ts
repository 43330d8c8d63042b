/** How a training spends its time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS, phaseIndex, RECIPES, STUDENT_SHARES } from "../../../runtime/learn/recipe.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

for (const levels of LEVELS)
  test(`on ${levels} the shares of the time are the whole of it, and those of goals no more than that`, () => {
    const { shares, criticGoals, policyGoals } = RECIPES[levels];
    assert.ok(Math.abs(sum(Object.values(shares)) - 1) < 1e-9);
    for (const goals of [criticGoals, policyGoals]) assert.ok(sum(Object.values(goals)) <= 1 + 1e-9);
  });

test("a student's shares of the time are the whole of it, most of them for its eyes", () => {
  assert.ok(Math.abs(sum(Object.values(STUDENT_SHARES)) - 1) < 1e-9);
  assert.ok(STUDENT_SHARES.encoder > 0.5);
});

test("what is trained on one level alone takes no time from it, and the chance of a phase does not depend on the levels", () => {
  const { shares } = RECIPES.one;
  assert.deepEqual([shares.prior, shares.subgoal], [0, 0]);
  assert.deepEqual([phaseIndex("encoder"), phaseIndex("uncertainty"), phaseIndex("subgoal")], [0, 5, 7]);
});
