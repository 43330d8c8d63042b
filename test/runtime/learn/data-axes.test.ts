/** What the actions of data are made of: said as they always were where they can be, and refused where a model's are others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ActionAxis, displacementAxes } from "../../../runtime/core/model.ts";
import { feel } from "../../../runtime/core/signals.ts";
import { actionOfData, axesOfData, refuseOtherAxes, signalsOf } from "../../../runtime/learn/data-axes.ts";
import { grippingSpec } from "../../helpers/kinematic-arm.ts";

const push = displacementAxes({ axes: ["x", "y"], scaleM: 0.03 });
const yaw: ActionAxis = { name: "yaw", unit: "rad", scale: 0.3, kind: "continuous" };
const grip: ActionAxis = { name: "gripper", unit: "1", scale: 1, kind: "switch" };

test("displacements are said as data always said them, and all axes come back as they were", () => {
  assert.deepEqual(actionOfData(push, 0.03), { axes: ["x", "y"], scaleM: 0.03 });
  for (const axes of [push, [...push, yaw], [...push, grip], [grip, yaw]]) assert.deepEqual(axesOfData(actionOfData(axes, 0.03)), axes);
});

test("what is felt follows from the axes, the place of the tool first", () => {
  assert.deepEqual(signalsOf(push), ["tool.x", "tool.y", "tool.z"]);
  assert.deepEqual(signalsOf([...push, yaw, grip]), ["tool.x", "tool.y", "tool.z", "tool.yaw", "gripper.opening"]);
});

test("signals are felt in their units: metres, radians, a share of the gripper's range, newtons", () => {
  const felt = { toolM: [0.5, 0.1, 0.2] as const, yawRad: 0.3, gripper: { openingM: 0.02, effortN: 12 } };
  const signals = ["tool.x", "tool.y", "tool.z", "tool.yaw", "gripper.opening", "contact.effort"];
  assert.deepEqual(feel(signals, felt, grippingSpec.gripper), [0.5, 0.1, 0.2, 0.3, 0.25, 12]);
  assert.throws(() => feel(["contact.effort"], { ...felt, gripper: { openingM: 0.02 } }, grippingSpec.gripper), {
    code: "sense.stale",
    message: /^signal "contact.effort": the robot tells none/,
  });
});

test("data whose actions are not a model's are refused by the first axis that differs", () => {
  const refused = (there: readonly ActionAxis[], message: RegExp): void =>
    assert.throws(() => refuseOtherAxes("/data", there, [...push, grip]), { code: "data.mismatch", message });
  refuseOtherAxes("/data", [...push, grip], [...push, grip]);
  refused(push, /^\/data: action axis 3 is none, the model's is "gripper" \(switch, 1 1\); collect with the skill/);
  refused([...push, yaw], /action axis 3 is "yaw" \(continuous, 0.3 rad\), the model's is "gripper"/);
  refused(
    [push[0]!, { ...push[1]!, scale: 0.02 }, grip],
    /action axis 2 is "y" \(continuous, 0.02 m\), the model's is "y" \(continuous, 0.03 m\)/,
  );
});
