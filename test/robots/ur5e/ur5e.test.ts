import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ur5eSpec } from "../../../robots/ur5e/spec.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco } from "../../../runtime/kinematics/mujoco.ts";
import { armModelContract } from "../../contracts/arm-model.ts";
import { axisOf, product, standardDh, turnAboutZ } from "../../helpers/dh.ts";

armModelContract({
  spec: ur5eSpec,
  homeM: [0.5, 0, 0.25],
  workArea: { minM: [0.34, -0.24, 0.02], maxM: [0.66, 0.24, 0.35] },
  touching: ["forearm", "wrist_1", "wrist_2", "mount", "stick"],
  sagRadMax: 1e-4,
});

/** Standard DH as Universal Robots publishes it: a, d, alpha of each joint. */
const DH = [
  [0, 0.1625, Math.PI / 2],
  [-0.425, 0, 0],
  [-0.3922, 0, 0],
  [0, 0.1333, Math.PI / 2],
  [0, 0.0997, -Math.PI / 2],
  [0, 0.0996, 0],
] as const;
const TOOL_M = 0.155;

test("the tool pose is the product of the published DH matrices, the base turned as in ROS, to a micrometre", async () => {
  using kinematics = await createKinematics(ur5eSpec);
  const rng = createRng(5);
  for (let posture = 0; posture < 20; posture++) {
    const positionRad = ur5eSpec.joints.map((joint) => rng.between(joint.positionMinRad, joint.positionMaxRad));
    const arm = DH.map(([a, d, alpha], i) => standardDh(a, d, alpha, positionRad[i]!)).reduce(product);
    const expected = [turnAboutZ(Math.PI), arm, standardDh(0, TOOL_M, 0, 0)].reduce(product);
    const { positionM, quaternion } = kinematics.toolPose(positionRad);
    for (let row = 0; row < 3; row++) {
      assert.ok(Math.abs(positionM[row]! - expected[row]![3]!) < 1e-6, `row ${row}: ${positionM} for ${positionRad}`);
      assert.ok(Math.abs(axisOf(quaternion, "x")[row]! - expected[row]![0]!) < 1e-9, `tool x for ${positionRad}`);
      assert.ok(Math.abs(axisOf(quaternion, "z")[row]! - expected[row]![2]!) < 1e-9, `tool z for ${positionRad}`);
    }
  }
});

test("the arm weighs what its links are published to weigh, 21.7 kg, and the stick 0.25 kg", async () => {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(readFileSync(ur5eSpec.modelPath, "utf8"));
  const linksKg = [4, 3.761, 8.058, 2.846, 1.37, 1.3, 0.365];
  const expectedKg = linksKg.reduce((sum, kg) => sum + kg, 0) + 0.25;
  assert.ok(Math.abs(model.body_subtreemass[0] - expectedKg) < 1e-9, `${model.body_subtreemass[0]} kg`);
  model.delete();
});

test("no joint is commanded beyond what UR publishes: 180 degrees a second, its own placeholder for accelerations", () => {
  for (const joint of ur5eSpec.joints) {
    assert.equal(joint.velocityMaxRadPerS, Math.PI);
    assert.equal(joint.accelerationMaxRadPerS2, Math.PI);
  }
  assert.match(ur5eSpec.source, /acceleration and jerk: ours/);
});
