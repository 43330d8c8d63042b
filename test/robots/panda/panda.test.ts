import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { robots } from "../../../robots/index.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import type { Vec3 } from "../../../runtime/core/types.ts";
import { createKinematics, type Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco, type Mujoco, type MujocoData, type MujocoModel } from "../../../runtime/kinematics/mujoco.ts";
import { downQuaternion, rotationBetween } from "../../../runtime/kinematics/quaternion.ts";

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

/** kv / kp of an arm servo, seconds: how far a driver leads the target per unit of its velocity. */
const leadS = (i: number): number => -model.actuator_biasprm[10 * i + 2] / model.actuator_gainprm[10 * i];

function simulate(seconds: number): void {
  const steps = Math.round(seconds / model.opt.timestep);
  for (let i = 0; i < steps; i++) mujoco.mj_step(model, data);
}

test("the registry loads the spec of each robot under its own name", async () => {
  for (const [name, load] of Object.entries(robots)) {
    const spec = await load();
    assert.equal(spec.name, name);
    assert.ok(existsSync(spec.modelPath), spec.modelPath);
  }
});

test("the spec's limits are the model's ranges and forces", () => {
  assert.equal(model.nv, ARM + 2);
  pandaSpec.joints.forEach((joint, i) => {
    assert.equal(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT.value, joint.name), i, joint.name);
    assert.deepEqual([...model.jnt_range.slice(2 * i, 2 * i + 2)], [joint.positionMinRad, joint.positionMaxRad], joint.name);
    assert.deepEqual([...model.actuator_forcerange.slice(2 * i, 2 * i + 2)], [-joint.torqueMaxNm, joint.torqueMaxNm], joint.name);
  });
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

test("at rest the tool is at (0.5, 0, 0.25) m, points straight down, and no joint is near a limit", () => {
  const pose = kinematics.toolPose(pandaSpec.homeRad);
  const expected = [0.5, 0, 0.25];
  for (let i = 0; i < 3; i++) assert.ok(Math.abs(pose.positionM[i]! - expected[i]!) < 1e-4, `${pose.positionM}`);
  assert.ok(Math.hypot(...rotationBetween(pose.quaternion, downQuaternion(0))) < 1e-4);
  pandaSpec.joints.forEach((joint, i) => {
    const margin = Math.min(pandaSpec.homeRad[i]! - joint.positionMinRad, joint.positionMaxRad - pandaSpec.homeRad[i]!);
    assert.ok(margin > 0.7, `${joint.name}: ${margin} rad from its limit`);
  });
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

test("no part of the robot can touch another, and forearm, hand and fingers can touch the world", () => {
  let touching = 0;
  for (let i = 0; i < model.ngeom; i++) {
    for (let j = 0; j < model.ngeom; j++) assert.equal(model.geom_contype[i] & model.geom_conaffinity[j], 0, `geoms ${i} and ${j}`);
    if (model.geom_contype[i] === 0) continue;
    touching++;
    assert.deepEqual([model.geom_contype[i], model.geom_conaffinity[i]], [1, 2]);
  }
  assert.equal(touching, 5, "forearm, wrist, hand and two fingertips");
});

test("the arm rests where it is told to, by gravity compensation, without drift", () => {
  placeArm(pandaSpec.homeRad);
  simulate(1);
  pandaSpec.homeRad.forEach((home, i) => {
    assert.ok(Math.abs(data.qpos[i] - home) < 1e-4, `joint${i + 1} drifted by ${data.qpos[i] - home} rad`);
  });
});

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

for (const timestepS of [0.002, 0.004]) {
  test(`with velocity fed forward a slow sine is followed to 2 mm at a step of ${timestepS * 1000} ms`, () => {
    model.opt.timestep = timestepS;
    const target = (t: number): Vec3 => [0.5 + 0.08 * Math.sin(1.5 * t) ** 2, 0.12 * Math.sin(1.5 * t) ** 2, 0.15];
    let positionRad = kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM: target(0), quaternion: "down" }).positionRad;
    placeArm(positionRad);
    for (let t = timestepS; t < 4; t += timestepS) {
      const next = kinematics.inverse({ seedRad: positionRad, positionM: target(t), quaternion: "down" }).positionRad;
      for (let i = 0; i < ARM; i++) data.ctrl[i] = next[i]! + (leadS(i) * (next[i]! - positionRad[i]!)) / timestepS;
      positionRad = next;
      mujoco.mj_step(model, data);
      const [x, y, z] = kinematics.toolAt(data.qpos.slice(0, ARM));
      const goal = target(t);
      const errorM = Math.hypot(x - goal[0], y - goal[1], z - goal[2]);
      assert.ok(errorM < 0.002, `tool is ${errorM * 1000} mm off at ${t} s`);
    }
  });

  test(`a jump of the target saturates the servo at its torque limit and settles without ringing at a step of ${timestepS * 1000} ms`, () => {
    model.opt.timestep = timestepS;
    for (let joint = 0; joint < ARM; joint++) {
      placeArm(pandaSpec.homeRad);
      data.ctrl[joint] += 0.3;
      let largestShare = 0;
      for (let t = 0; t < 1; t += timestepS) {
        mujoco.mj_step(model, data);
        largestShare = Math.max(
          largestShare,
          ...data.actuator_force.slice(0, ARM).map((force: number, i: number) => shareOfLimit(force, i)),
        );
        const overshootRad = data.qpos[joint] - data.ctrl[joint];
        assert.ok(overshootRad < 0.01, `joint${joint + 1} overshoots by ${overshootRad} rad at ${t} s`);
      }
      assert.equal(largestShare, 1, `joint${joint + 1}: largest share of a torque limit`);
      assert.ok(
        Math.abs(data.qpos[joint] - data.ctrl[joint]) < 0.001 && Math.abs(data.qvel[joint]) < 0.01,
        `joint${joint + 1} has not settled`,
      );
    }
  });
}

const shareOfLimit = (forceNm: number, i: number): number => Math.abs(forceNm) / pandaSpec.joints[i]!.torqueMaxNm;
