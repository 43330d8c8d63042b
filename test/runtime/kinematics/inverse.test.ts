import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { so101Spec } from "../../../robots/so101/spec.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { JOINT_MARGIN_RAD, TILT_RAD_MAX, TOLERANCE_M, TOLERANCE_RAD } from "../../../runtime/kinematics/inverse.ts";
import { createKinematics, type Kinematics } from "../../../runtime/kinematics/kinematics.ts";
import { downQuaternion, rotationBetween, turnToDown } from "../../../runtime/kinematics/quaternion.ts";

let kinematics: Kinematics;
before(async () => {
  kinematics = await createKinematics(pandaSpec);
});
after(() => kinematics[Symbol.dispose]());

const marginRad = (positionRad: Float64Array): number =>
  Math.min(...pandaSpec.joints.map((joint, i) => Math.min(positionRad[i]! - joint.positionMinRad, joint.positionMaxRad - positionRad[i]!)));

const distanceM = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

function workPoints(count: number, seed: number): Vec3[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => [rng.between(0.35, 0.65), rng.between(-0.25, 0.25), rng.between(0.02, 0.35)] as const);
}

test("from home, each from the last, 200 points of the work area are reached to 0.5 mm, hand down, far from the joint limits", () => {
  let seedRad: ArrayLike<number> = pandaSpec.homeRad;
  for (const positionM of workPoints(200, 11)) {
    const { positionRad, converged } = kinematics.inverse({ seedRad, positionM, quaternion: "down" });
    const pose = kinematics.toolPose(positionRad);
    assert.ok(converged, `${positionM} was not reached`);
    assert.ok(distanceM(pose.positionM, positionM) < 0.0005, `${positionM}: tool at ${pose.positionM}`);
    assert.ok(Math.hypot(...rotationBetween(pose.quaternion, downQuaternion(0))) < 0.001, `${positionM}: hand is not pointing down`);
    assert.ok(marginRad(positionRad) > 0.15, `${positionM}: a joint is within ${marginRad(positionRad)} rad of its limit`);
    seedRad = positionRad;
  }
});

test("the residuals are those of the posture returned", () => {
  const positionM: Vec3 = [0.5, 0.1, 0.1];
  const result = kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: "down", yawRad: 0.4 });
  const pose = kinematics.toolPose(result.positionRad);
  assert.ok(Math.abs(distanceM(pose.positionM, positionM) - result.residualM) < 1e-12);
  assert.ok(Math.abs(Math.hypot(...rotationBetween(pose.quaternion, downQuaternion(0.4))) - result.residualRad) < 1e-9);
  assert.ok(result.residualM <= TOLERANCE_M && result.residualRad <= TOLERANCE_RAD);
});

test("any reachable orientation given as a quaternion is met, also with the other sign and another length", () => {
  const posture = [0.3, -0.3, 0.2, -2, 0.4, 1.9, 0.2];
  const { positionM, quaternion } = kinematics.toolPose(posture);
  for (const factor of [1, -1, 3]) {
    const [w, x, y, z] = quaternion.map((part) => part * factor) as [number, number, number, number];
    const result = kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: [w, x, y, z] });
    assert.ok(result.converged, `factor ${factor}: ${result.residualM} m, ${result.residualRad} rad`);
  }
});

test("yaw turns the tool about the vertical", () => {
  for (const yawRad of [-1.2, -0.5, 0.5, 1.2]) {
    const { positionRad, converged } = kinematics.inverse({
      seedRad: pandaSpec.homeRad,
      positionM: [0.5, 0, 0.2],
      quaternion: "down",
      yawRad,
    });
    assert.ok(converged, `yaw ${yawRad}`);
    const { quaternion } = kinematics.toolPose(positionRad);
    const turn = rotationBetween(downQuaternion(0), quaternion);
    assert.ok(Math.abs(turn[2] - yawRad) < 1e-4 && Math.hypot(turn[0], turn[1]) < 1e-4, `yaw ${yawRad}: turned by ${turn}`);
  }
});

test("a 3 cm step changes no joint by more than 0.3 rad", () => {
  for (const positionM of workPoints(100, 12)) {
    const here = kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM, quaternion: "down" });
    const next: Vec3 = [positionM[0] - 0.03, positionM[1] + (positionM[1] > 0 ? -0.03 : 0.03), positionM[2]];
    const there = kinematics.inverse({ seedRad: here.positionRad, positionM: next, quaternion: "down" });
    assert.ok(there.converged);
    const largest = Math.max(...there.positionRad.map((value, i) => Math.abs(value - here.positionRad[i]!)));
    assert.ok(largest < 0.3, `${positionM}: a joint moved by ${largest} rad`);
  }
});

test("the free joint angle is drawn towards the rest posture", () => {
  const away = kinematics.toolPose(pandaSpec.homeRad);
  let positionRad: Float64Array = Float64Array.from([0.6, ...pandaSpec.homeRad.slice(1)]);
  const offRad = (): number => Math.hypot(...positionRad.map((value, i) => value - pandaSpec.homeRad[i]!));
  positionRad = kinematics.inverse({ seedRad: positionRad, positionM: away.positionM, quaternion: "down" }).positionRad;
  const afterOne = offRad();
  for (let i = 0; i < 30; i++) {
    positionRad = kinematics.inverse({ seedRad: positionRad, positionM: [0.5, i % 2 ? 0.01 : 0, 0.25], quaternion: "down" }).positionRad;
  }
  assert.ok(afterOne > 0.3, `the first solution is already ${afterOne} rad from home`);
  assert.ok(offRad() < afterOne / 4, `from ${afterOne} only to ${offRad()} rad`);
});

test("a point out of reach gives the nearest posture found, inside the limits, and says that it did not converge", () => {
  const result = kinematics.inverse({ seedRad: pandaSpec.homeRad, positionM: [1.5, 0, 0.2], quaternion: "down" });
  assert.equal(result.converged, false);
  assert.ok(result.residualM > 0.4 && result.residualM < 1, `${result.residualM} m`);
  assert.ok(marginRad(result.positionRad) >= JOINT_MARGIN_RAD - 1e-12);
});

test("a joint at its limit stays there and the others take over", async () => {
  const joints = pandaSpec.joints.map((joint, i) => (i === 0 ? { ...joint, positionMaxRad: 0.05 } : joint));
  using narrow = await createKinematics({ ...pandaSpec, joints });
  const { positionRad, converged } = narrow.inverse({ seedRad: pandaSpec.homeRad, positionM: [0.45, 0.2, 0.1], quaternion: "down" });
  assert.ok(converged);
  assert.ok(positionRad[0]! <= 0.05 - JOINT_MARGIN_RAD + 1e-12, `joint1 at ${positionRad[0]}`);
});

test("the same request gives the same bytes", () => {
  const request = { seedRad: pandaSpec.homeRad, positionM: [0.6, -0.2, 0.05] as Vec3, quaternion: "down" as const };
  const first = kinematics.inverse(request);
  kinematics.inverse({ ...request, positionM: [0.4, 0.1, 0.3] });
  assert.deepEqual(kinematics.inverse(request), first);
});

describe("an arm of five joints, told to point down", () => {
  let five: Kinematics;
  before(async () => {
    five = await createKinematics(so101Spec);
  });
  after(() => five[Symbol.dispose]());
  const reach = (positionM: Vec3, seedRad: ArrayLike<number> = so101Spec.homeRad, yawRad = 0) =>
    five.inverse({ seedRad, positionM, quaternion: "down", yawRad });
  const tilt = (positionRad: ArrayLike<number>): number => Math.hypot(...turnToDown(five.toolPose(positionRad).quaternion));

  test("points straight down where it can, with the yaw that its place gives it, and does not turn its hand", () => {
    for (const positionM of [
      [0.2, 0, 0.05],
      [0.24, 0.1, 0.05],
      [0.16, -0.12, 0.03],
    ] as const) {
      const { positionRad, converged } = reach(positionM);
      assert.ok(converged, `${positionM}`);
      assert.ok(distanceM(five.toolAt(positionRad), positionM) <= TOLERANCE_M && tilt(positionRad) <= TOLERANCE_RAD);
      assert.ok(Math.abs(positionRad[4]!) < 1e-6, `hand turned by ${positionRad[4]} rad`);
      assert.deepEqual(reach(positionM, so101Spec.homeRad, 1.2), reach(positionM), "no yaw is asked of it");
    }
  });

  test("keeps the place and tilts the tool where it cannot, and tells by how much", () => {
    const { positionRad, residualM, residualRad, converged } = reach([0.25, 0.05, 0.12]);
    assert.ok(converged && residualM <= TOLERANCE_M);
    assert.ok(residualRad > 0.1 && residualRad < TILT_RAD_MAX, `${residualRad} rad`);
    assert.ok(Math.abs(tilt(positionRad) - residualRad) < 1e-9);
  });

  test("does not converge where it would have to tilt the tool by more than 45 degrees", () => {
    assert.equal(reach([0.16, 0, 0.2]).converged, false);
  });

  test("moves its joints steadily from pointing down into tilting", () => {
    let seedRad = reach([0.22, 0, 0.05]).positionRad;
    for (let zM = 0.05; zM < 0.14; zM += 0.0005) {
      const { positionRad, converged } = reach([0.22, 0, zM], seedRad);
      assert.ok(converged, `z ${zM} m`);
      const largestRad = Math.max(...positionRad.map((value, i) => Math.abs(value - seedRad[i]!)));
      assert.ok(largestRad < 0.012, `a joint moves by ${largestRad} rad at z ${zM} m`);
      seedRad = positionRad;
    }
  });
});

test("numbers that cannot be used give converged = false and a finite posture, never an exception", () => {
  const good = { seedRad: pandaSpec.homeRad, positionM: [0.5, 0, 0.2] as Vec3, quaternion: "down" as const };
  const useless = [
    { ...good, positionM: [Number.NaN, 0, 0.2] as Vec3 },
    { ...good, positionM: [0.5, Number.POSITIVE_INFINITY, 0.2] as Vec3 },
    { ...good, seedRad: [0, 0, Number.NaN, 0, 0, 0, 0] },
    { ...good, yawRad: Number.NaN },
    { ...good, quaternion: [0, 0, 0, 0] as const },
    { ...good, quaternion: [Number.NaN, 0, 1, 0] as const },
  ];
  for (const request of useless) {
    const result = kinematics.inverse(request);
    assert.equal(result.converged, false, JSON.stringify(request));
    assert.ok(result.positionRad.every(Number.isFinite));
    assert.equal(result.residualM, Number.POSITIVE_INFINITY);
  }
  assert.ok(kinematics.inverse(good).converged, "and the solver still works afterwards");
});

test("whatever the request, the answer is finite, inside the limits, and converged only within the tolerances", () => {
  const anyNumber = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const nearNumber = fc.double({ min: -1, max: 1, noNaN: true });
  const number = fc.oneof({ weight: 3, arbitrary: nearNumber }, anyNumber);
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 7, maxLength: 7 }),
      fc.tuple(number, number, number),
      fc.tuple(number, number, number, number),
      (seedRad, positionM, quaternion) => {
        const result = kinematics.inverse({ seedRad, positionM, quaternion });
        assert.ok(result.positionRad.every(Number.isFinite));
        assert.ok(marginRad(result.positionRad) >= JOINT_MARGIN_RAD - 1e-12);
        assert.equal(result.converged, result.residualM <= TOLERANCE_M && result.residualRad <= TOLERANCE_RAD);
      },
    ),
    { numRuns: 200, seed: 13 },
  );
});
