/** Which axes of a model move an arm, and which are refused by name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { so101Spec } from "../../../robots/so101/spec.ts";
import { ur5eSpec } from "../../../robots/ur5e/spec.ts";
import { checkAxes } from "../../../runtime/act/axes.ts";
import { type ActionAxis, displacementAxes } from "../../../runtime/core/model.ts";

const [x, y] = displacementAxes({ axes: ["x", "y"], scaleM: 0.03 }) as [ActionAxis, ActionAxis];
const yaw: ActionAxis = { name: "yaw", unit: "rad", scale: 0.3, kind: "continuous" };
const gripper: ActionAxis = { name: "gripper", unit: "1", scale: 1, kind: "switch" };
const refused = (axes: readonly ActionAxis[], message: RegExp, robot = pandaSpec): void =>
  assert.throws(() => checkAxes(axes, robot), { code: "model.mismatch", message });

test("displacements, also of several lengths, a turn and a gripper that is a switch are acted on", () => {
  for (const axes of [
    [x, y],
    [x, { ...y, scale: 0.02 }],
    [x, yaw],
    [x, y, yaw, gripper],
  ])
    checkAxes(axes, pandaSpec);
  checkAxes([x, y, yaw], ur5eSpec);
});

test("an axis that this arm cannot be moved along is refused by its name, and so is none at all", () => {
  refused([x, gripper], /^action axis "gripper" \(switch\): robot "ur5e" has no gripper; choose a model without it/, ur5eSpec);
  refused([x, yaw], /^action axis "yaw" \(continuous\): robot "so101" has 5 joints, at least 6 turn a tool at a place/, so101Spec);
  refused([], /^action axes: none; choose a model with at least one/);
});

test("a gripper that is no switch, opens beyond its range, or a tool that is one, is refused by its name", () => {
  refused([{ ...gripper, kind: "continuous" }], /^action axis "gripper" \(continuous\): a gripper is told to open or to close/);
  refused([{ ...gripper, scale: 1.5 }], /^action axis "gripper" \(switch\): it opens to 1.5 of its range, at most 1/);
  refused([x, { ...y, kind: "switch" }], /^action axis "y" \(switch\): the tool is moved by as much as is wanted/);
  refused([{ ...yaw, kind: "switch" }], /^action axis "yaw" \(switch\)/);
});
