import assert from "node:assert/strict";
import test from "node:test";
import { atRest, sampleSegment } from "../../../runtime/core/segment.ts";
import { jointLimits } from "../../../runtime/guard/joint-limits.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { joints, segmentTo, situationAtRest, vector } from "./fixtures.ts";

const previous = { ...atRest(vector(0.1, 0.2, 0.3)), velocityRadPerS: vector(1, 0, 0) };
const held = (heldWhy: string) => ({ command: atRest(previous.positionRad), heldWhy });

test("every command of a segment at the edge of its limits is sent unchanged", () => {
  const verdict = jointLimits(joints).check(segmentTo([5, -5, 5]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  let before = sampleSegment(verdict.segment, 0);
  for (let i = 1; i <= 100; i++) {
    const command = sampleSegment(verdict.segment, i * 0.004);
    assert.deepEqual(lastGuard(before, command, 0.004, joints), { command, heldWhy: null });
    before = command;
  }
});

test("a command that is not finite is replaced by staying at the previous one, at rest", () => {
  const command = atRest(vector(0.1, Number.NaN, 0.3));
  assert.deepEqual(lastGuard(previous, command, 0.004, joints), held('joint "b": command is not finite'));
  const pushing = { ...atRest(previous.positionRad), accelerationRadPerS2: vector(0, 0, Number.POSITIVE_INFINITY) };
  assert.deepEqual(lastGuard(previous, pushing, 0.004, joints), held('joint "c": command is not finite'));
});

test("a command outside the position limits is held", () => {
  const command = atRest(vector(0.1, 0.2, 1.9));
  assert.deepEqual(lastGuard(previous, command, 10, joints), held('joint "c": position 1.9000 rad is outside [-1.9, 1.75] rad'));
});

test("an arm that leans beyond its limit may stay there and come back, never go further out", () => {
  const leaning = atRest(vector(0.1, 0.2, 1.78));
  assert.equal(lastGuard(leaning, leaning, 0.004, joints).heldWhy, null);
  assert.equal(lastGuard(leaning, atRest(vector(0.1, 0.2, 1.775)), 0.004, joints).heldWhy, null);
  const further = lastGuard(leaning, atRest(vector(0.1, 0.2, 1.781)), 0.004, joints);
  assert.equal(further.heldWhy, 'joint "c": position 1.7810 rad is outside [-1.9, 1.75] rad');
});

test("a command that jumps, or moves too fast, is held", () => {
  const jump = atRest(vector(0.2, 0.2, 0.3));
  assert.deepEqual(lastGuard(previous, jump, 0.004, joints), held('joint "a": commanded speed 25.000 rad/s is above 2 rad/s'));
  const fast = { ...atRest(previous.positionRad), velocityRadPerS: vector(0, -3, 0) };
  assert.deepEqual(lastGuard(previous, fast, 0.004, joints), held('joint "b": commanded speed 3.000 rad/s is above 2.2 rad/s'));
});

test("a command with the wrong joint count, or not after the one before, is held", () => {
  assert.deepEqual(lastGuard(previous, atRest(vector(0)), 0.004, joints), held("command has 1 joint values, must have 3"));
  for (const dtS of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const why = `command comes ${dtS} s after the one before, must be later`;
    assert.deepEqual(lastGuard(previous, previous, dtS, joints), held(why));
  }
});
