import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { so101Spec } from "../../../robots/so101/spec.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco } from "../../../runtime/kinematics/mujoco.ts";
import { armModelContract } from "../../contracts/arm-model.ts";
import { axisOf, fromRpy, type Matrix, product, turnAboutZ } from "../../helpers/dh.ts";

armModelContract({
  spec: so101Spec,
  homeM: [0.21, 0, 0.06],
  workArea: { minM: [0.17, -0.12, 0.02], maxM: [0.28, 0.12, 0.14] },
  touching: ["lower_arm", "wrist", "gripper", "fixed_jaw", "moving_jaw"],
  sagRadMax: 1e-3,
  tiltRadMax: 0.6,
  homeMarginRad: 0.2,
});

/** Origins of the joints in so101_new_calib.urdf, xyz (m) and rpy (rad, their rounded halves and quarters of a turn written exactly); every joint turns about its z. */
const URDF = [
  [
    [0.0207909, -0.0230745, 0.0948817],
    [-Math.PI, 0, Math.PI / 2],
  ],
  [
    [-0.0303992, -0.0182778, -0.0542],
    [-Math.PI / 2, -Math.PI / 2, 0],
  ],
  [
    [-0.11257, -0.028, 0],
    [0, 0, Math.PI / 2],
  ],
  [
    [-0.1349, 0.0052, 0],
    [0, 0, -Math.PI / 2],
  ],
  [
    [0, -0.0611, 0.0181],
    [Math.PI / 2, 0, Math.PI],
  ],
] as const;
/** "gripperframe" of the same file, moved across the jaws onto the axis of wrist_roll, where our tool point is; its y axis points into the hand. */
const TOOL = fromRpy([0, 0, -0.0981274], [Math.PI / 2, 0, Math.PI / 2]);
/** "baseframe" of the same file in its link "base": our base frame has the same place, x where it has minus y. */
const BASE = fromRpy([0.020791, 0.0157608, 0.0324817], [0, 0, -Math.PI / 2]);

test("the tool pose is the product of the joint origins in the published URDF, to a micrometre", async () => {
  using kinematics = await createKinematics(so101Spec);
  const rng = createRng(6);
  for (let posture = 0; posture < 20; posture++) {
    const positionRad = so101Spec.joints.map((joint) => rng.between(joint.positionMinRad, joint.positionMaxRad));
    const links = URDF.map(([xyz, rpy], i) => product(fromRpy(xyz, rpy), turnAboutZ(positionRad[i]!)));
    const expected = [inverse(BASE), ...links, TOOL].reduce(product);
    const { positionM, quaternion } = kinematics.toolPose(positionRad);
    for (let row = 0; row < 3; row++) {
      assert.ok(
        Math.abs(positionM[row]! - expected[row]![3]!) < 1e-6,
        `${positionM} and ${expected.map((line) => line[3])} for ${positionRad}`,
      );
      assert.ok(Math.abs(axisOf(quaternion, "z")[row]! + expected[row]![1]!) < 1e-6, `tool z for ${positionRad}`);
    }
  }
});

test("the arm weighs what its parts are published to weigh, 0.632 kg", async () => {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(readFileSync(so101Spec.modelPath, "utf8"));
  const expectedKg = [0.147, 0.100006, 0.103, 0.104, 0.079, 0.087, 0.012].reduce((sum, kg) => sum + kg, 0);
  assert.ok(Math.abs(model.body_subtreemass[0] - expectedKg) < 1e-9, `${model.body_subtreemass[0]} kg`);
  model.delete();
});

test("the weaker servo can hold the arm up and accelerate it as declared, in any posture", async () => {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(readFileSync(so101Spec.modelPath, "utf8"));
  const data = new mujoco.MjData(model);
  const rng = createRng(7);
  let largestNm = 0;
  for (let posture = 0; posture < 300; posture++) {
    so101Spec.joints.forEach((joint, i) => {
      data.qpos[i] = rng.between(joint.positionMinRad, joint.positionMaxRad);
      data.qvel[i] = 0;
      data.qacc[i] = (rng.uniform() < 0.5 ? -1 : 1) * joint.accelerationMaxRadPerS2;
    });
    mujoco.mj_inverse(model, data);
    largestNm = Math.max(largestNm, ...so101Spec.joints.map((_, i) => Math.abs(data.qfrc_inverse[i])));
  }
  assert.ok(largestNm > 0.5 && largestNm < so101Spec.joints[0]!.torqueMaxNm, `${largestNm} N m`);
  data.delete();
  model.delete();
});

test("the gripper opens and closes", async () => {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(readFileSync(so101Spec.modelPath, "utf8"));
  const data = new mujoco.MjData(model);
  so101Spec.homeRad.forEach((home, i) => {
    data.qpos[i] = data.ctrl[i] = home;
  });
  for (const targetRad of [1.5, -0.1, 0.4]) {
    data.ctrl[5] = targetRad;
    for (let step = 0; step < 1000; step++) mujoco.mj_step(model, data);
    assert.ok(Math.abs(data.qpos[5] - targetRad) < 0.005, `jaw at ${data.qpos[5]} rad, not ${targetRad} rad`);
  }
  data.delete();
  model.delete();
});

/** Of a turn and a move. */
function inverse(m: Matrix): Matrix {
  const move = [0, 1, 2].map((i) => -[0, 1, 2].reduce((sum, k) => sum + m[k]![i]! * m[k]![3]!, 0));
  return [...[0, 1, 2].map((i) => [m[0]![i]!, m[1]![i]!, m[2]![i]!, move[i]!]), [0, 0, 0, 1]];
}
