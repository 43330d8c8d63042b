import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { armModelContract } from "../../contracts/arm-model.ts";
import { armBench } from "../../helpers/arm-bench.ts";

const GRIPPER = 7; // Index of its actuator, and of the first finger in qpos.

const arm = armBench(pandaSpec);

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
  assert.ok(Math.abs(arm.model.body_subtreemass[0] - 17.451901) < 1e-6, `${arm.model.body_subtreemass[0]} kg`);
});

test("the closed fingers end 1 cm below the tool point in a pusher 2 cm square", () => {
  arm.place(pandaSpec.homeRad);
  arm.mujoco.mj_forward(arm.model, arm.data);
  const corners = ["fingertip1", "fingertip2"].flatMap((name) =>
    boxCorners(arm.mujoco.mj_name2id(arm.model, arm.mujoco.mjtObj.mjOBJ_GEOM.value, name)),
  );
  const extent = (axis: number): number => Math.max(...corners.map((c) => c[axis]!)) - Math.min(...corners.map((c) => c[axis]!));
  assert.ok(Math.abs(extent(0) - 0.02) < 1e-6, `${extent(0)} m in x`);
  assert.ok(Math.abs(extent(1) - 0.02) < 1e-6, `${extent(1)} m in y`);
  const belowM = arm.kinematics.toolAt(pandaSpec.homeRad)[2] - Math.min(...corners.map((c) => c[2]!));
  assert.ok(Math.abs(belowM - 0.01) < 1e-6, `${belowM} m`);
});

function boxCorners(geom: number): Vec3[] {
  const at = arm.data.geom_xpos.slice(3 * geom, 3 * geom + 3);
  const turn = arm.data.geom_xmat.slice(9 * geom, 9 * geom + 9);
  const half = arm.model.geom_size.slice(3 * geom, 3 * geom + 3);
  const corner = (signs: Vec3, row: number): number =>
    at[row] + signs.reduce((sum, sign, k) => sum + turn[3 * row + k] * half[k] * sign, 0);
  const ends = [-1, 1];
  return ends.flatMap((x) => ends.flatMap((y) => ends.map((z): Vec3 => [0, 1, 2].map((row) => corner([x, y, z], row)) as unknown as Vec3)));
}

test("the gripper opens and closes, both fingers alike, and within its force", () => {
  arm.place(pandaSpec.homeRad);
  for (const targetM of [0.04, 0, 0.02]) {
    arm.data.ctrl[GRIPPER] = targetM;
    let largestN = 0;
    for (let i = 0; i < 750; i++) {
      arm.mujoco.mj_step(arm.model, arm.data);
      largestN = Math.max(largestN, Math.abs(arm.data.actuator_force[GRIPPER]));
    }
    assert.ok(largestN > 30 && largestN <= 70, `${largestN} N`);
    assert.ok(Math.abs(arm.data.qpos[GRIPPER] - targetM) < 0.001, `finger1 at ${arm.data.qpos[GRIPPER]} m, not ${targetM} m`);
    assert.ok(Math.abs(arm.data.qpos[GRIPPER] - arm.data.qpos[GRIPPER + 1]) < 1e-4, "fingers are apart");
  }
});

test("a finger moves no faster than 0.25 m/s", () => {
  arm.place(pandaSpec.homeRad);
  arm.data.ctrl[GRIPPER] = 0.04;
  let fastest = 0;
  for (let i = 0; i < 500; i++) {
    arm.mujoco.mj_step(arm.model, arm.data);
    fastest = Math.max(fastest, arm.data.qvel[GRIPPER]);
  }
  assert.ok(fastest > 0.1 && fastest < 0.25, `${fastest} m/s`);
});
