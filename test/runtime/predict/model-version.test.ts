/** Both versions of model.json mean the same where they can, and version 2 is strict about names and units. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type AxisName, displacementAxes } from "../../../runtime/core/model.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { createEncoder } from "../../../runtime/encode/encoder.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_MEAN_M, TINY_SCALE_M, TINY_STD_M, writeTinyModel } from "../../helpers/tiny-model.ts";

const axes = displacementAxes({ axes: ["x", "y"], scaleM: TINY_SCALE_M });
const proprioception = ["tool.x", "tool.y", "tool.z"].map((name, i) => ({ name, unit: "m", mean: TINY_MEAN_M[i]!, std: TINY_STD_M[i]! }));
const version2 = { contract: 2, action: undefined, axes, proprioception };

test("a package of version 1 and one of version 2 that says the same are read alike", async () => {
  const [first, second] = [await loadModelPackage(writeTinyModel()), await loadModelPackage(writeTinyModel({ spec: version2 }))];
  assert.deepEqual(first.spec, second.spec);
  assert.deepEqual(first.spec.axes[1], { name: "y", unit: "m", scale: TINY_SCALE_M, kind: "continuous" });
  assert.deepEqual(first.spec.proprioception[2], { name: "tool.z", unit: "m", mean: TINY_MEAN_M[2], std: TINY_STD_M[2] });
});

const along = ["m", 0.03, "continuous"];
const ONE_ACTION: Readonly<Record<AxisName, readonly (string | number)[]>> = {
  ...{ x: along, y: along, z: along },
  yaw: ["rad", 0.3, "continuous"],
  gripper: ["1", 1, "switch"],
};

test("all shipped packages load, with their axes in metres, a turn in radians, a gripper as a switch, and the tool felt first", async () => {
  const folder = join(packageRoot, "robots/panda/world-models");
  const shipped = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.ok(shipped.length >= 4);
  for (const { name } of shipped) {
    const { spec } = await loadModelPackage(join(folder, name));
    assert.equal(spec.contract, 2);
    assert.deepEqual(
      spec.axes.map(({ unit, scale, kind }) => [unit, scale, kind]),
      spec.axes.map((axis) => ONE_ACTION[axis.name]),
      name,
    );
    assert.equal(spec.proprioception[0]?.name, "tool.x");
  }
});

test("version 2 refuses wrong units, axes named twice, signals out of order and signals that nobody knows", async () => {
  const refused = (spec: Readonly<Record<string, unknown>>, message: RegExp): Promise<void> =>
    assert.rejects(loadModelPackage(writeTinyModel({ spec: { ...version2, ...spec } })), { code: "model.mismatch", message });
  await refused({ axes: [{ ...axes[0]!, unit: "rad" }, axes[1]] }, /axes: "x" is in "rad"; it is measured in "m"/);
  await refused({ axes: [axes[0], axes[0]] }, /axes: two have the same name/);
  await refused({ proprioception: proprioception.toReversed() }, /proprioception: must begin with tool\.x, tool\.y, tool\.z/);
  const smell = { name: "smell", unit: "1", mean: 0, std: 1 };
  await refused(
    { proprioception: [...proprioception, smell] },
    /proprioception: "smell" in "1" is not known; use tool\.x \[m\].*gripper\.opening \[1\]/,
  );
});

test("a model that feels what this robot does not is refused by the signal's name", async () => {
  const model = await loadModelPackage(writeTinyModel());
  const finger = { name: "gripper.opening", unit: "1", mean: 0.5, std: 0.3 };
  const feeling = { ...model, spec: { ...model.spec, proprioception: [...model.spec.proprioception, finger] } };
  const open = (): Promise<never> => Promise.reject(new Error("must not be opened"));
  await assert.rejects(createEncoder({ package: feeling, open, toolAt: () => [0, 0, 0] }), {
    code: "model.mismatch",
    message: /^tiny encoder: signal "gripper\.opening" is felt by no sensor of this robot/,
  });
});
