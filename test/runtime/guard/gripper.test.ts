import assert from "node:assert/strict";
import test from "node:test";
import { gripperLimits } from "../../../runtime/guard/gripper.ts";
import { standardGuards } from "../../../runtime/guard/standard-guards.ts";
import { grippingSpec } from "../../helpers/kinematic-arm.ts";
import { options, segmentTo, situationAtRest, vector } from "./fixtures.ts";

const { gripper } = grippingSpec;
const close = { openingM: 0, speedMPerS: 0.1, forceN: 20 };
const still = segmentTo([0, 0, 0]);

test("a segment that tells the gripper nothing, or what it can do, passes as it is", () => {
  for (const segment of [still, { ...still, gripper: close }])
    assert.deepEqual(gripperLimits(gripper).check(segment, situationAtRest()), { kind: "pass", segment });
});

test("a segment that tells the gripper what it cannot do is stopped, never clipped", () => {
  for (const changes of [{ openingM: 0.3 }, { speedMPerS: -1 }, { forceN: Number.POSITIVE_INFINITY }]) {
    const verdict = gripperLimits(gripper).check({ ...still, gripper: { ...close, ...changes } }, situationAtRest());
    assert.equal(verdict.kind, "stop");
  }
});

test("the guards of a robot without a gripper stop what would move one", () => {
  const verdict = standardGuards(options).check({ ...still, gripper: close }, situationAtRest());
  assert.ok(verdict.kind === "stop");
  assert.match(verdict.why.join(), /^gripper: gripper: this robot has none/);
});

test("a step that is shortened for the joints or the workspace grips all the same", () => {
  const guards = standardGuards({ ...options, gripper });
  for (const [fromRad, toRad, durationS, guard] of [
    [0.95, 1.05, 0.4, "workspace"],
    [0, 0.9, 0.1, "joint-limits"],
  ] as const) {
    const situation = situationAtRest(vector(fromRad, 0, 0));
    const verdict = guards.check({ ...segmentTo([toRad, 0, 0], durationS, situation.commanded), gripper: close }, situation);
    assert.ok(verdict.kind === "clip" && verdict.why.some((reason) => reason.startsWith(guard)), `${guard} did not clip: ${verdict.kind}`);
    assert.deepEqual(verdict.segment.gripper, close);
  }
});
