/** The arm that virtual servos turn: MuJoCo's model of it, each servo's spring, torque and limit set anew before every step. */

import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { loadMujoco } from "../../runtime/kinematics/mujoco.ts";
import { PHYSICS_STEP_S } from "../scene.ts";
import { World } from "../world.ts";

/** What a servo's motor does now. */
export interface Drive {
  readonly targetRad: number;
  /** Of the model's own stiffness; 0 where the motor is off and only friction holds. */
  readonly stiffnessShare: number;
  /** Of the model's own torque. */
  readonly torqueMaxShare: number;
}

export interface ArmBody extends Disposable {
  readonly world: World;
  /** Of the model's servos, in order: the arm's joints, then its gripper's. */
  readonly names: readonly string[];
  angleRad(servo: number): number;
  velocityRadPerS(servo: number): number;
  /** Of the model's own torque, -1 to 1. */
  torqueShare(servo: number): number;
  drive(servo: number, drive: Drive): void;
  /** By hand: the arm is put there, at rest; shape (servo count). */
  place(positionRad: ArrayLike<number>): void;
  /** One step of the physics. */
  step(): void;
}

const [GAIN_STRIDE, RANGE_STRIDE] = [10, 2];
export const BODY_STEP_S = PHYSICS_STEP_S;
const JOINT = 3;

export async function createArmBody(spec: RobotSpec, scene: SceneSpec): Promise<ArmBody> {
  const mujoco = await loadMujoco();
  const world = await World.create(spec, scene);
  const { model, data } = world;
  const joints: readonly number[] = Array.from({ length: model.nu }, (_, servo) => model.actuator_trnid[servo * 2]);
  const address = (array: ArrayLike<number>): readonly number[] => joints.map((joint) => array[joint]!);
  const [qpos, dof] = [address(model.jnt_qposadr), address(model.jnt_dofadr)];
  const gains = (model.actuator_gainprm as Float64Array).slice();
  const biases = (model.actuator_biasprm as Float64Array).slice();
  const ranges = (model.actuator_forcerange as Float64Array).slice();
  world.reset({ armRad: spec.homeRad });
  return {
    world,
    names: joints.map((joint) => mujoco.mj_id2name(model, JOINT, joint) ?? `servo ${joint}`),
    angleRad: (servo) => (data.qpos as Float64Array)[qpos[servo]!]!,
    velocityRadPerS: (servo) => (data.qvel as Float64Array)[dof[servo]!]!,
    torqueShare: (servo) => (data.actuator_force as Float64Array)[servo]! / ranges[servo * RANGE_STRIDE + 1]!,
    drive(servo, { targetRad, stiffnessShare, torqueMaxShare }) {
      (data.ctrl as Float64Array)[servo] = targetRad;
      // A spring to the target, and a damper that the motor is only while it is on.
      (model.actuator_gainprm as Float64Array)[servo * GAIN_STRIDE] = gains[servo * GAIN_STRIDE]! * stiffnessShare;
      (model.actuator_biasprm as Float64Array)[servo * GAIN_STRIDE + 1] = biases[servo * GAIN_STRIDE + 1]! * stiffnessShare;
      (model.actuator_biasprm as Float64Array)[servo * GAIN_STRIDE + 2] = stiffnessShare > 0 ? biases[servo * GAIN_STRIDE + 2]! : 0;
      const limit = ranges[servo * RANGE_STRIDE + 1]! * torqueMaxShare;
      (model.actuator_forcerange as Float64Array).set([-limit, limit], servo * RANGE_STRIDE);
    },
    place(positionRad) {
      const [positions, velocities] = [data.qpos as Float64Array, data.qvel as Float64Array];
      for (const [servo, at] of qpos.entries()) positions[at] = positionRad[servo] ?? positions[at]!;
      for (const at of dof) velocities[at] = 0;
      mujoco.mj_forward(model, data);
    },
    step: () => mujoco.mj_step(model, data),
    [Symbol.dispose]: () => world[Symbol.dispose](),
  };
}
