/** A gripper on a servo: it follows its set-point, and where it meets a thing it holds it instead of burning on it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { armServos } from "../../../../runtime/bridge/servos/arm-servos.ts";
import { createGripperDrive } from "../../../../runtime/bridge/servos/gripper-drive.ts";
import type { ServoReading } from "../../../../runtime/bridge/servos/servo-bus.ts";
import type { GripperSpec } from "../../../../runtime/core/robot.ts";
import { calibration, grippingSpec } from "../../../helpers/desk-bench.ts";

const gripper: GripperSpec = grippingSpec.gripper!;
const servo = armServos(grippingSpec, calibration, 4096).gripper!;
const { range_min: closedSteps, range_max: openSteps } = calibration["gripper"]!;
const stepsAt = (openingM: number): number =>
  closedSteps + ((openingM - gripper.openingMinM) / (gripper.openingMaxM - gripper.openingMinM)) * (openSteps - closedSteps);
const reading = (openingM: number, loadShare = 0, velocityStepsPerS = 0): ServoReading => ({
  positionSteps: Math.round(stepsAt(openingM)),
  velocityStepsPerS,
  loadShare,
  voltageV: 7.4,
  temperatureC: 25,
  currentA: 0.1,
  alarms: [],
});
const close = { openingM: 0, speedMPerS: 0.05, forceN: gripper.forceMaxN };

test("the set-point goes to the opening no faster than told, and the ends of the swept range are closed and open", () => {
  const drive = createGripperDrive(servo, gripper);
  const goals = Array.from({ length: 101 }, (_, round) => drive.goalSteps(close, reading(0.06), BigInt(round) * 10_000_000n));
  assert.equal(goals[0], Math.round(stepsAt(0.06)));
  assert.ok(Math.abs(goals[50]! - stepsAt(0.06 - 0.025)) <= 1, `${goals[50]}`);
  assert.ok(Math.abs(drive.reading(reading(0.03)).openingM - 0.03) < 1e-4);
});

test("a thing between the fingers is held: once the load is there and nothing moves, the goal stays a little inside the thing", () => {
  const drive = createGripperDrive(servo, gripper);
  let goal = 0;
  for (let round = 0; round < 300; round++) {
    const free = Math.max(0.03, 0.06 - 0.05 * round * 0.01);
    goal = drive.goalSteps(close, reading(free, free > 0.03 ? 0.1 : 0.45, free > 0.03 ? -300 : 0), BigInt(round) * 10_000_000n);
  }
  assert.ok(Math.abs(goal - stepsAt(0.027)) <= 2, `${goal} steps, the thing ends at ${stepsAt(0.03)}`);
  const opening = drive.goalSteps({ ...close, openingM: 0.06 }, reading(0.03, 0.4), 3_010_000_000n);
  assert.ok(opening > goal, "told to open it does not open");
});

test("a force is a share of what this servo may give, and never one that it takes for an overload", () => {
  const drive = createGripperDrive(servo, gripper);
  assert.equal(drive.torqueShare({ ...close, forceN: gripper.forceMaxN / 4 }), 0.125);
  assert.equal(drive.torqueShare({ ...close, forceN: gripper.forceMaxN / 2 }), 0.24);
  assert.equal(drive.torqueShare(close), 0.24);
});
