/** What a gripper's numbers mean, and which may be commanded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerAt, gripperObjection, openingAt, towardsM } from "../../../runtime/core/gripper.ts";
import type { GripperSpec } from "../../../runtime/core/robot.ts";

const parallel: GripperSpec = {
  openingMinM: 0,
  openingMaxM: 0.08,
  speedMaxMPerS: 0.1,
  forceMaxN: 70,
  fingers: [
    { kind: "slide", joint: "left", closedM: 0, openM: 0.04 },
    { kind: "slide", joint: "right", closedM: 0, openM: 0.04 },
  ],
  actuator: "gripper",
};
const jaw: GripperSpec = { ...parallel, fingers: [{ kind: "hinge", joint: "jaw", closedRad: -0.2, openRad: 1.4 }] };
const command = { openingM: 0.05, speedMPerS: 0.1, forceN: 20 };

test("what the gripper can do may be commanded, its bounds too", () => {
  for (const openingM of [0, 0.05, 0.08]) assert.equal(gripperObjection({ ...command, openingM }, parallel), null);
  assert.equal(gripperObjection({ ...command, speedMPerS: 0, forceN: 70 }, parallel), null);
});

test("an opening, a speed or a force beyond it, or that is no number, is refused with value, bound, unit and remedy", () => {
  const objection = (changes: object): string => gripperObjection({ ...command, ...changes }, parallel) ?? "none";
  assert.equal(
    objection({ openingM: 0.2 }),
    "gripper: opening 0.2 m is outside [0, 0.08] m; command one within what the robot's spec says",
  );
  assert.match(objection({ openingM: -0.01 }), /^gripper: opening -0.01 m is outside/);
  assert.match(objection({ speedMPerS: 0.5 }), /^gripper: speed 0.5 m\/s is outside \[0, 0.1\] m\/s; /);
  assert.match(objection({ forceN: 200 }), /^gripper: force 200 N is outside \[0, 70\] N; /);
  for (const key of ["openingM", "speedMPerS", "forceN"]) assert.match(objection({ [key]: Number.NaN }), /NaN .* is outside/);
});

test("a robot without a gripper says so", () => {
  assert.match(gripperObjection(command, undefined) ?? "", /^gripper: this robot has none that could open 0.05 m; leave the gripper out/);
});

test("a set-point goes no faster than commanded, arrives exactly, and stays where the speed is 0", () => {
  assert.equal(towardsM(0, command, 0.1), 0.010000000000000002);
  assert.equal(towardsM(0.049, command, 0.1), 0.05);
  assert.equal(towardsM(0.08, command, 0.1), 0.07);
  assert.equal(towardsM(0.03, { ...command, speedMPerS: 0 }, 10), 0.03);
});

test("an opening and the positions of the fingers are the same thing said twice", () => {
  for (const gripper of [parallel, jaw]) {
    for (const openingM of [0, 0.03, 0.08]) {
      const positions = gripper.fingers.map((finger) => fingerAt(gripper, finger, openingM));
      assert.ok(Math.abs(openingAt(gripper, positions) - openingM) < 1e-12);
    }
  }
  assert.ok(Math.abs(openingAt(parallel, [0.01, 0.03]) - 0.04) < 1e-12, "fingers that are not level count by their mean");
});
