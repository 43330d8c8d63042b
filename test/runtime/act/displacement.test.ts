/** Which axes of a model move an arm, and which are refused by name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { displacementOf } from "../../../runtime/act/displacement.ts";
import { type ActionAxis, displacementAxes } from "../../../runtime/core/model.ts";

const [x, y] = displacementAxes({ axes: ["x", "y"], scaleM: 0.03 }) as [ActionAxis, ActionAxis];
const refused = (axes: readonly ActionAxis[], message: RegExp): void =>
  assert.throws(() => displacementOf(axes), { code: "model.mismatch", message });

test("displacements of one length are acted on", () => {
  assert.deepEqual(displacementOf([x, y]), { axes: ["x", "y"], scaleM: 0.03 });
});

test("an axis that is not acted on is refused by name, and so are lengths that differ and no axis at all", () => {
  refused(
    [x, { name: "yaw", unit: "rad", scale: 0.2, kind: "continuous" }],
    /^action axis "yaw" \(continuous\): the tool is moved along x, y and z alone/,
  );
  refused([x, { name: "gripper", unit: "1", scale: 1, kind: "switch" }], /^action axis "gripper" \(switch\)/);
  refused([x, { ...y, kind: "switch" }], /^action axis "y" \(switch\)/);
  refused([x, { ...y, scale: 0.02 }], /^action axes: x 0.03 m, y 0.02 m; one length for all/);
  refused([], /^action axes: none; one length/);
});
