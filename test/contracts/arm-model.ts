/** What every robot's model must do in simulation, as tests: it agrees with its spec, holds still, follows, and reaches its work area. Not a test file itself. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRng } from "../../runtime/core/rng.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { downQuaternion, multiply } from "../../runtime/kinematics/quaternion.ts";
import { armBench } from "../helpers/arm-bench.ts";

export interface ArmUnderTest {
  readonly spec: RobotSpec;
  /** Where the tool is at rest, base frame. */
  readonly homeM: Vec3;
  /** Where the tool works, pointing down, base frame. */
  readonly workArea: { readonly minM: Vec3; readonly maxM: Vec3 };
  /** The geoms that can touch the world, by name or, where they have none, their count. */
  readonly touching: readonly string[] | number;
  /** How far a joint may sag under the arm's weight. */
  readonly sagRadMax: number;
  /** How far the tool may be from pointing straight down in the work area; default hardly. */
  readonly tiltRadMax?: number;
  /** How far every joint is from its limits at rest; default 0.5. */
  readonly homeMarginRad?: number;
}

/** How far the tool may be from where it is commanded, moving slowly or holding still. */
const FOLLOW_M_MAX = 0.002;
const TIMESTEPS_S = [0.002, 0.004];

/** Declares the tests of one robot's model. */
export function armModelContract({
  spec,
  homeM,
  workArea,
  touching,
  sagRadMax,
  tiltRadMax = 1e-4,
  homeMarginRad = 0.5,
}: ArmUnderTest): void {
  describe(`the model of ${spec.name}`, () => {
    const count = spec.joints.length;
    const arm = armBench(spec);
    const simulate = (seconds: number): void => {
      for (let step = 0; step < Math.round(seconds / arm.model.opt.timestep); step++) arm.mujoco.mj_step(arm.model, arm.data);
    };
    const toolM = (): Vec3 => arm.kinematics.toolAt(arm.data.qpos.slice(0, count));
    const down = (seedRad: ArrayLike<number>, positionM: Vec3) => arm.kinematics.inverse({ seedRad, positionM, quaternion: "down" });
    /** kv / kp of a servo, seconds: how far a driver leads the target per unit of its velocity. */
    const leadS = (i: number): number => -arm.model.actuator_biasprm[10 * i + 2] / arm.model.actuator_gainprm[10 * i];

    test("the spec's limits are the model's ranges and forces, the arm's joints and servos come first", () => {
      spec.joints.forEach((joint, i) => {
        assert.equal(arm.mujoco.mj_name2id(arm.model, arm.mujoco.mjtObj.mjOBJ_JOINT.value, joint.name), i, joint.name);
        assert.deepEqual([...arm.model.jnt_range.slice(2 * i, 2 * i + 2)], [joint.positionMinRad, joint.positionMaxRad], joint.name);
        assert.equal(arm.model.actuator_trnid[2 * i], i, `servo ${i} moves ${joint.name}`);
        assert.deepEqual([...arm.model.actuator_forcerange.slice(2 * i, 2 * i + 2)], [-joint.torqueMaxNm, joint.torqueMaxNm], joint.name);
      });
    });

    test(`at rest the tool is at (${homeM.join(", ")}) m, points straight down, and no joint is near a limit`, () => {
      const { positionM, quaternion } = arm.kinematics.toolPose(spec.homeRad);
      assert.ok(distanceM(positionM, homeM) < 1e-4, `${positionM}`);
      assert.ok(tiltRad(quaternion) < 1e-4, `tilted by ${tiltRad(quaternion)} rad`);
      spec.joints.forEach((joint, i) => {
        const margin = Math.min(spec.homeRad[i]! - joint.positionMinRad, joint.positionMaxRad - spec.homeRad[i]!);
        assert.ok(margin > homeMarginRad, `${joint.name}: ${margin} rad from its limit`);
      });
    });

    test(`no part of the robot can touch another; ${typeof touching === "number" ? touching : touching.join(", ")} can touch the world`, () => {
      const names: string[] = [];
      for (let i = 0; i < arm.model.ngeom; i++) {
        for (let j = 0; j < arm.model.ngeom; j++)
          assert.equal(arm.model.geom_contype[i] & arm.model.geom_conaffinity[j], 0, `geoms ${i} and ${j}`);
        if (arm.model.geom_contype[i] === 0) continue;
        assert.deepEqual([arm.model.geom_contype[i], arm.model.geom_conaffinity[i]], [1, 2]);
        names.push(arm.mujoco.mj_id2name(arm.model, arm.mujoco.mjtObj.mjOBJ_GEOM.value, i));
      }
      if (typeof touching === "number") assert.equal(names.length, touching);
      else assert.deepEqual(names.sort(), [...touching].sort());
    });

    test(`the arm rests where it is told to, within ${sagRadMax} rad`, () => {
      arm.place(spec.homeRad);
      simulate(1);
      spec.homeRad.forEach((home, i) => {
        assert.ok(Math.abs(arm.data.qpos[i] - home) < sagRadMax, `${spec.joints[i]!.name} is ${arm.data.qpos[i] - home} rad off`);
      });
    });

    test("20 random points of the work area are reached, pointing down, and held to 2 mm", () => {
      const rng = createRng(20);
      const { minM, maxM } = workArea;
      let seedRad: ArrayLike<number> = spec.homeRad;
      for (let point = 0; point < 20; point++) {
        const targetM = minM.map((min, axis) => rng.between(min, maxM[axis]!)) as unknown as Vec3;
        const { positionRad, converged } = down(seedRad, targetM);
        assert.ok(converged, `(${targetM}) m was not reached`);
        assert.ok(tiltRad(arm.kinematics.toolPose(positionRad).quaternion) < tiltRadMax);
        arm.place(positionRad);
        simulate(0.5);
        assert.ok(distanceM(toolM(), targetM) < FOLLOW_M_MAX, `tool at (${toolM()}) m, not at (${targetM}) m`);
        seedRad = positionRad;
      }
    });

    for (const timestepS of TIMESTEPS_S) {
      test(`with velocity fed forward a slow sine is followed to 2 mm at a step of ${timestepS * 1000} ms`, () => {
        arm.model.opt.timestep = timestepS;
        let positionRad = down(spec.homeRad, alongSine(workArea, 0)).positionRad;
        arm.place(positionRad);
        let worstM = 0;
        for (let t = timestepS; t < 4; t += timestepS) {
          const goalM = alongSine(workArea, t);
          const next = down(positionRad, goalM);
          assert.ok(next.converged, `(${goalM}) m was not reached`);
          for (let i = 0; i < count; i++) {
            arm.data.ctrl[i] = next.positionRad[i]! + (leadS(i) * (next.positionRad[i]! - positionRad[i]!)) / timestepS;
          }
          positionRad = next.positionRad;
          arm.mujoco.mj_step(arm.model, arm.data);
          worstM = Math.max(worstM, distanceM(toolM(), goalM));
        }
        assert.ok(worstM < FOLLOW_M_MAX, `tool is ${worstM * 1000} mm off`);
      });

      test(`a jump of the target saturates the servo at its torque limit and settles without ringing at a step of ${timestepS * 1000} ms`, () => {
        arm.model.opt.timestep = timestepS;
        for (let joint = 0; joint < count; joint++) {
          const { name, positionMinRad, positionMaxRad } = spec.joints[joint]!;
          const inwards = spec.homeRad[joint]! > (positionMinRad + positionMaxRad) / 2 ? -1 : 1;
          arm.place(spec.homeRad);
          arm.data.ctrl[joint] += 0.3 * inwards;
          let largestShare = 0;
          for (let t = 0; t < 1; t += timestepS) {
            arm.mujoco.mj_step(arm.model, arm.data);
            const shares = spec.joints.map(({ torqueMaxNm }, i) => Math.abs(arm.data.actuator_force[i]) / torqueMaxNm);
            largestShare = Math.max(largestShare, ...shares);
            const overshootRad = (arm.data.qpos[joint] - arm.data.ctrl[joint]) * inwards;
            assert.ok(overshootRad < 0.01, `${name} overshoots by ${overshootRad} rad at ${t} s`);
          }
          assert.equal(largestShare, 1, `${name}: largest share of a torque limit`);
          assert.ok(Math.abs(arm.data.qpos[joint] - arm.data.ctrl[joint]) < Math.max(0.001, sagRadMax), `${name} is not there`);
          assert.ok(Math.abs(arm.data.qvel[joint]) < 0.01, `${name} has not settled`);
        }
      });
    }
  });
}

/** From the middle of the work area a third of the way to its far corner and back, about 6 s a round. */
function alongSine({ minM, maxM }: ArmUnderTest["workArea"], t: number): Vec3 {
  const share = Math.sin(1.5 * t) ** 2 / 3;
  const [x, y, z] = minM.map((min, axis) => (min + maxM[axis]!) / 2 + (share * (maxM[axis]! - min)) / 2);
  return [x!, y!, z!];
}

/** Angle between the tool's z axis and straight down, rad. */
function tiltRad(quaternion: Parameters<typeof multiply>[0]): number {
  const [, x, y] = multiply(quaternion, downQuaternion(0)); // Upright after half a turn: what is left of it about x and y is tilt.
  return 2 * Math.asin(Math.min(1, Math.hypot(x, y)));
}

const distanceM = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
