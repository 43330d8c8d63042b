/** Tests for progress.ts: the catalogue of success tests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Measures } from "../../../runtime/core/skill.ts";
import { checkSuccess, judge } from "../../../runtime/supervise/progress.ts";

const none: Measures = { criticCost: null, toolToGoalM: null, objectToGoalM: null };
const within = { test: "object-within", threshold: 0.02, unit: "m", steps: 2 };

test("each test holds at its threshold and not beyond", () => {
  assert.equal(judge("push", within, { ...none, objectToGoalM: 0.02 }, null).met, true);
  assert.equal(judge("push", within, { ...none, objectToGoalM: 0.0201 }, null).met, false);
  assert.equal(judge("reach", { ...within, test: "tool-within" }, { ...none, toolToGoalM: 0.01 }, null).met, true);
  const critic = { test: "critic-below", threshold: 1, unit: "decisions", steps: 2 };
  assert.equal(judge("push", critic, { ...none, criticCost: 0.4 }, null).met, true);
  assert.equal(judge("push", critic, { ...none, criticCost: 1.5 }, null).met, false);
});

test("a measure that is not a number never meets a test", () => {
  const progress = judge("push", within, { ...none, objectToGoalM: Number.NaN }, null);
  assert.deepEqual({ met: progress.met, fraction: progress.fraction }, { met: false, fraction: 0 });
});

test("the fraction goes from 0 at the first distance to 1 at success, and never below 0", () => {
  const fractionAt = (distanceM: number): number => judge("push", within, { ...none, objectToGoalM: distanceM }, 0.12).fraction;
  assert.equal(fractionAt(0.12), 0);
  assert.ok(Math.abs(fractionAt(0.07) - 0.5) < 1e-12);
  assert.equal(fractionAt(0.02), 1);
  assert.equal(fractionAt(0.5), 0);
});

test("a measure that does not exist is an error which says what is needed", () => {
  assert.throws(() => judge("push", within, none, null), {
    code: "goal.mismatch",
    message:
      'success test of skill "push": "object-within" needs a goal position for the object and a probe in the model package, which this model and goal do not give; choose another goal kind or model',
  });
});

test("only tests of the catalogue, in their unit, with sensible numbers, are taken", () => {
  assert.equal(checkSuccess("push", within), "object-within");
  const refuse = (changes: Partial<typeof within>, message: RegExp): void =>
    assert.throws(() => checkSuccess("push", { ...within, ...changes }), { code: "goal.mismatch", message });
  refuse({ test: "near" }, /"near" is not in the catalogue; use one of critic-below, tool-within, object-within/);
  refuse({ test: "toString" }, /not in the catalogue/);
  refuse({ unit: "cm" }, /is measured in m, not in "cm"; convert the threshold/);
  refuse({ threshold: Number.NaN }, /the threshold of "object-within" is NaN m; give a positive number/);
  refuse({ steps: 0 }, /must hold for 0 decisions; give a whole number from 1 to 100/);
});
