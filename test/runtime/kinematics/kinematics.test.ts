import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { createKinematics, type Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco } from "../../../runtime/kinematics/mujoco.ts";
import { rotationBetween } from "../../../runtime/kinematics/quaternion.ts";
import { axisOf, type Matrix, modifiedDh, product } from "../../helpers/dh.ts";

let kinematics: Kinematics;
let folder: string;
before(async () => {
  kinematics = await createKinematics(pandaSpec);
  folder = await mkdtemp(join(tmpdir(), "kinematics-"));
});
after(async () => {
  kinematics[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

/** Modified (Craig) DH as Franka publishes it: a, d, alpha of each joint, then flange to hand (turned -45 degrees) to hand_tcp. */
const DH = [
  [0, 0.333, 0],
  [0, 0, -Math.PI / 2],
  [0, 0.316, Math.PI / 2],
  [0.0825, 0, Math.PI / 2],
  [-0.0825, 0.384, -Math.PI / 2],
  [0, 0, Math.PI / 2],
  [0.088, 0, Math.PI / 2],
] as const;

function dhTool(positionRad: readonly number[]): Matrix {
  const arm = DH.map(([a, d, alpha], i) => modifiedDh(a, d, alpha, positionRad[i]!)).reduce(product);
  return product(arm, modifiedDh(0, 0.107 + 0.1034, 0, -Math.PI / 4));
}

function randomPostures(count: number, seed: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => pandaSpec.joints.map((joint) => rng.between(joint.positionMinRad, joint.positionMaxRad)));
}

test("the tool pose is the product of the published DH matrices to a micrometre", () => {
  for (const posture of randomPostures(20, 7)) {
    const expected = dhTool(posture);
    const { positionM, quaternion } = kinematics.toolPose(posture);
    for (let i = 0; i < 3; i++) assert.ok(Math.abs(positionM[i]! - expected[i]![3]!) < 1e-6, `axis ${i}: ${positionM} for ${posture}`);
    for (let i = 0; i < 3; i++) {
      assert.ok(Math.abs(axisOf(quaternion, "x")[i]! - expected[i]![0]!) < 1e-9, `tool x for ${posture}`);
      assert.ok(Math.abs(axisOf(quaternion, "z")[i]! - expected[i]![2]!) < 1e-9, `tool z for ${posture}`);
    }
  }
});

test("toolAt is the position of toolPose", () => {
  const [posture] = randomPostures(1, 8);
  assert.deepEqual(kinematics.toolAt(posture!), kinematics.toolPose(posture!).positionM);
});

test("the Jacobian is the derivative of the tool pose", () => {
  const step = 1e-6;
  for (const posture of randomPostures(10, 9)) {
    const jacobian = kinematics.jacobian(posture);
    for (let joint = 0; joint < 7; joint++) {
      const ahead = kinematics.toolPose(posture.map((value, i) => (i === joint ? value + step : value)));
      const behind = kinematics.toolPose(posture.map((value, i) => (i === joint ? value - step : value)));
      const turn = rotationBetween(behind.quaternion, ahead.quaternion);
      for (let axis = 0; axis < 3; axis++) {
        const linear = (ahead.positionM[axis]! - behind.positionM[axis]!) / (2 * step);
        assert.ok(Math.abs(jacobian[axis * 7 + joint]! - linear) < 1e-6, `linear axis ${axis}, joint ${joint}`);
        const angular = turn[axis]! / (2 * step);
        assert.ok(Math.abs(jacobian[(3 + axis) * 7 + joint]! - angular) < 1e-6, `angular axis ${axis}, joint ${joint}`);
      }
    }
  }
});

test("results belong to the caller: a later call does not change them", () => {
  const [first, second] = randomPostures(2, 10);
  const jacobian = kinematics.jacobian(first!);
  const copy = jacobian.slice();
  kinematics.jacobian(second!);
  assert.deepEqual(jacobian, copy);
});

test("joint arrays of another length are a bug and say so", () => {
  assert.throws(() => kinematics.toolAt([0, 0, 0]), { message: 'internal: "panda" has 7 joints, not 3' });
  assert.throws(() => kinematics.jacobian(new Float64Array(9)), { message: 'internal: "panda" has 7 joints, not 9' });
  assert.throws(() => kinematics.inverse({ seedRad: [0], positionM: [0.5, 0, 0.2], quaternion: "down" }), {
    message: 'internal: "panda" has 7 joints, not 1',
  });
});

test("a missing model file, a broken one and a spec that does not fit are told apart", async () => {
  const modelPath = join(folder, "absent.xml");
  await assert.rejects(createKinematics({ ...pandaSpec, modelPath }), {
    code: "model.missing",
    message: `robot "panda": cannot read ${modelPath} (ENOENT: there is no such file or folder); correct modelPath in its spec`,
  });
  const broken = join(folder, "broken.xml");
  writeFileSync(broken, "<mujoco><nonsense/></mujoco>");
  await assert.rejects(createKinematics({ ...pandaSpec, modelPath: broken }), {
    code: "model.corrupt",
    message: /^robot "panda": MuJoCo cannot compile .*broken\.xml: .*unrecognized element/,
  });
  await assert.rejects(createKinematics({ ...pandaSpec, toolSite: "nozzle" }), {
    code: "model.mismatch",
    message: /has no site "nozzle"; make spec and model agree$/,
  });
  const joints = pandaSpec.joints.map((joint) => ({ ...joint, name: joint.name.toUpperCase() }));
  await assert.rejects(createKinematics({ ...pandaSpec, joints }), {
    code: "model.mismatch",
    message: /has no joint "JOINT1"; make spec and model agree$/,
  });
});

test("disposing frees the WASM heap, may be repeated, and later use is a bug", async () => {
  const mujoco = await loadMujoco();
  const heapBytes = (): number => {
    const probe = new mujoco.DoubleBuffer(1);
    const bytes = probe.GetView().buffer.byteLength;
    probe.delete();
    return bytes;
  };
  const before = heapBytes();
  for (let i = 0; i < 8; i++) {
    using used = await createKinematics(pandaSpec);
    used.toolAt(pandaSpec.homeRad);
  }
  assert.ok(heapBytes() - before < 40e6, `the heap grew from ${before} to ${heapBytes()} bytes; one model takes about 14e6`);
  const once = await createKinematics(pandaSpec);
  once[Symbol.dispose]();
  once[Symbol.dispose]();
  assert.throws(() => once.toolAt(pandaSpec.homeRad), { message: 'internal: kinematics of "panda" was used after it was disposed of' });
});

test("the module is loaded once", async () => {
  assert.equal(await loadMujoco(), await loadMujoco());
});
