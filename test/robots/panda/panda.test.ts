import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import type { Vec3 } from "../../../runtime/core/types.ts";
import { createKinematics, type Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco, type Mujoco, type MujocoData, type MujocoModel } from "../../../runtime/kinematics/mujoco.ts";
import { armModelContract } from "../../contracts/arm-model.ts";

const ARM = 7;
const GRIPPER = 7; // Index of its actuator, and of the first finger in qpos.

let mujoco: Mujoco;
let kinematics: Kinematics;
let model: MujocoModel;
let data: MujocoData;
before(async () => {
  mujoco = await loadMujoco();
  kinematics = await createKinematics(pandaSpec);
});
after(() => kinematics[Symbol.dispose]());
beforeEach(() => {
  model = mujoco.MjModel.from_xml_string(readFileSync(pandaSpec.modelPath, "utf8"));
  data = new mujoco.MjData(model);
});
afterEach(() => {
  data.delete();
  model.delete();
});

function placeArm(positionRad: ArrayLike<number>): void {
  mujoco.mj_resetData(model, data);
  for (let i = 0; i < ARM; i++) data.qpos[i] = data.ctrl[i] = positionRad[i]!;
}

armModelContract({
  spec: pandaSpec,
  homeM: [0.5, 0, 0.25],
  workArea: { minM: [0.35, -0.25, 0.02], maxM: [0.65, 0.25, 0.35] },
  touching: ["forearm", "wrist", "hand", "fingertip1", "fingertip2"],
  sagRadMax: 1e-4,
});

test("the spec has the published velocity, acceleration and jerk limits", () => {
  assert.deepEqual(
    pandaSpec.joints.map((joint) => [joint.velocityMaxRadPerS, joint.accelerationMaxRadPerS2, joint.jerkMaxRadPerS3]),
    [
      [2.175, 15, 7500],
      [2.175, 7.5, 3750],
      [2.175, 10, 5000],
      [2.175, 12.5, 6250],
      [2.61, 15, 7500],
      [2.61, 20, 10_000],
      [2.61, 20, 10_000],
    ],
  );
});

test("robot and hand weigh what the identification of 2019 found: 17.45 kg", () => {
  assert.ok(Math.abs(model.body_subtreemass[0] - 17.451901) < 1e-6, `${model.body_subtreemass[0]} kg`);
});

test("the closed fingers end 1 cm below the tool point in a pusher 2 cm square", () => {
  placeArm(pandaSpec.homeRad);
  mujoco.mj_forward(model, data);
  const corners = ["fingertip1", "fingertip2"].flatMap((name) =>
    boxCorners(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM.value, name)),
  );
  const extent = (axis: number): number => Math.max(...corners.map((c) => c[axis]!)) - Math.min(...corners.map((c) => c[axis]!));
  assert.ok(Math.abs(extent(0) - 0.02) < 1e-6, `${extent(0)} m in x`);
  assert.ok(Math.abs(extent(1) - 0.02) < 1e-6, `${extent(1)} m in y`);
  const belowM = kinematics.toolAt(pandaSpec.homeRad)[2] - Math.min(...corners.map((c) => c[2]!));
  assert.ok(Math.abs(belowM - 0.01) < 1e-6, `${belowM} m`);
});

function boxCorners(geom: number): Vec3[] {
  const at = data.geom_xpos.slice(3 * geom, 3 * geom + 3);
  const turn = data.geom_xmat.slice(9 * geom, 9 * geom + 9);
  const half = model.geom_size.slice(3 * geom, 3 * geom + 3);
  const corner = (signs: Vec3, row: number): number =>
    at[row] + signs.reduce((sum, sign, k) => sum + turn[3 * row + k] * half[k] * sign, 0);
  const ends = [-1, 1];
  return ends.flatMap((x) => ends.flatMap((y) => ends.map((z): Vec3 => [0, 1, 2].map((row) => corner([x, y, z], row)) as unknown as Vec3)));
}

test("the gripper opens and closes, both fingers alike, and within its force", () => {
  placeArm(pandaSpec.homeRad);
  for (const targetM of [0.04, 0, 0.02]) {
    data.ctrl[GRIPPER] = targetM;
    let largestN = 0;
    for (let i = 0; i < 750; i++) {
      mujoco.mj_step(model, data);
      largestN = Math.max(largestN, Math.abs(data.actuator_force[GRIPPER]));
    }
    assert.ok(largestN > 30 && largestN <= 70, `${largestN} N`);
    assert.ok(Math.abs(data.qpos[GRIPPER] - targetM) < 0.001, `finger1 at ${data.qpos[GRIPPER]} m, not ${targetM} m`);
    assert.ok(Math.abs(data.qpos[GRIPPER] - data.qpos[GRIPPER + 1]) < 1e-4, "fingers are apart");
  }
});

test("a finger moves no faster than 0.25 m/s", () => {
  placeArm(pandaSpec.homeRad);
  data.ctrl[GRIPPER] = 0.04;
  let fastest = 0;
  for (let i = 0; i < 500; i++) {
    mujoco.mj_step(model, data);
    fastest = Math.max(fastest, data.qvel[GRIPPER]);
  }
  assert.ok(fastest > 0.1 && fastest < 0.25, `${fastest} m/s`);
});
