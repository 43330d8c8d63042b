import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTrial, parseWorldState, poseOf } from "../../../runtime/core/trial.ts";
import { trialFor } from "../../helpers/trials.ts";

test("a trial that came over a channel is the trial that was sent, or is refused in words", async () => {
  const trial = await trialFor("push", 7);
  assert.deepEqual(parseTrial(structuredClone(trial), 7), trial);
  const refused = (payload: unknown, message: RegExp) => assert.throws(() => parseTrial(payload, 7), { code: "launch.invalid", message });
  refused(null, /^trial: /);
  refused({ ...trial, start: { ...trial.start, armRad: new Float64Array(7).fill(Number.NaN) } }, /must be finite \[rad\]/);
  refused({ ...trial, goal: { ...trial.goal, toolM: [0, Number.POSITIVE_INFINITY, 0] } }, /toolM/);
  assert.throws(() => parseTrial(trial, 6), { message: "trial: a posture of 7 joints, the arm has 6; give one for each joint" });
});

test("what a world says of itself is numbers, or is refused", () => {
  const state = { toolM: [0.5, 0, 0.1], objects: { cube: { positionM: [0.4, 0, 0.02], yawRad: 0 } } };
  assert.deepEqual(parseWorldState(state), state);
  assert.throws(() => parseWorldState({ ...state, toolM: [0, Number.NaN, 0] }), { code: "bridge.mismatch" });
  assert.throws(() => parseWorldState("here"), { code: "bridge.mismatch", message: /^world: / });
});

test("a thing that is not there is named, with those that are", () => {
  const objects = { cube: { positionM: [0, 0, 0] as const, yawRad: 0 } };
  assert.throws(() => poseOf(objects, "ball"), { message: 'object "ball": is not in the scene, which has cube; add it to backend.scene' });
  assert.throws(() => poseOf(objects, "toString"), { code: "launch.invalid" });
});
