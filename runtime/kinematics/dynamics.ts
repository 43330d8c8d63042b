/** What a motion asks of the drives: MuJoCo's inverse dynamics on the robot's own model, without contact, and with a payload at the tool point. */
import type { JointCommand } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import { createShadow } from "./shadow.ts";

/** A payload is a point that rests at the tool; its own inertia is not known. */
export interface Dynamics extends Disposable {
  /** Torque of each drive that moves the joints so, N m, shape (jointCount); weight that the arm's controller makes up for is part of it, dry friction is not. */
  torqueNm(motion: JointCommand, payloadKg: number): Float64Array;
  /** Dry friction of each joint, N m, shape (jointCount): so much more, or less, may be asked at any time. */
  readonly frictionNm: Float64Array;
}

/** For the change of the Jacobian along a motion. */
const STEP_S = 1e-4;
const GRAVITY_M_PER_S2 = [0, 0, -9.81] as const;

/** Throws AgentError `model.*` as the kinematics do. */
export async function createDynamics(spec: RobotSpec): Promise<Dynamics> {
  const shadow = await createShadow(spec);
  const { mujoco, model, data, qposIndex, dofIndex, dofCount, siteId } = shadow;
  model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONSTRAINT.value; // What the arm touches is no part of what it asks for.
  const linear = new mujoco.DoubleBuffer(3 * dofCount);
  const angular = new mujoco.DoubleBuffer(3 * dofCount);
  /** Columns of the tool's translation, m/s per rad/s; shape (3, jointCount). */
  const toolJacobian = (positionRad: (joint: number) => number): number[][] => {
    const qpos: Float64Array = data.qpos; // A view that dies when the WASM heap grows: never kept.
    for (const [joint, at] of qposIndex.entries()) qpos[at] = positionRad(joint);
    mujoco.mj_kinematics(model, data);
    mujoco.mj_comPos(model, data);
    mujoco.mj_jacSite(model, data, linear, angular, siteId);
    const all: Float64Array = linear.GetView();
    return [0, 1, 2].map((row) => dofIndex.map((dof) => all[row * dofCount + dof]!));
  };
  const addPayload = (torqueNm: Float64Array, { positionRad, velocityRadPerS, accelerationRadPerS2 }: JointCommand, kg: number): void => {
    const ahead = toolJacobian((joint) => positionRad[joint]! + STEP_S * velocityRadPerS[joint]!);
    for (const [row, here] of toolJacobian((joint) => positionRad[joint]!).entries()) {
      const along = here.map((value, joint) => ((ahead[row]![joint]! - value) / STEP_S) * velocityRadPerS[joint]!);
      const pushed = here.reduce((sum, value, joint) => sum + value * accelerationRadPerS2[joint]! + along[joint]!, 0);
      for (const [joint, value] of here.entries()) torqueNm[joint]! += value * kg * (pushed - GRAVITY_M_PER_S2[row]!);
    }
  };
  return {
    frictionNm: Float64Array.from(dofIndex, (dof) => model.dof_frictionloss[dof]),
    torqueNm(motion, payloadKg) {
      const [qpos, qvel, qacc]: Float64Array[] = [data.qpos, data.qvel, data.qacc];
      for (let joint = 0; joint < dofIndex.length; joint++) {
        qpos![qposIndex[joint]!] = motion.positionRad[joint]!;
        qvel![dofIndex[joint]!] = motion.velocityRadPerS[joint]!;
        qacc![dofIndex[joint]!] = motion.accelerationRadPerS2[joint]!;
      }
      mujoco.mj_inverse(model, data);
      const [asked, carried]: Float64Array[] = [data.qfrc_inverse, data.qfrc_gravcomp];
      const torqueNm = Float64Array.from(dofIndex, (dof) => asked![dof]! + carried![dof]!);
      if (payloadKg > 0) addPayload(torqueNm, motion, payloadKg);
      return torqueNm;
    },
    [Symbol.dispose]() {
      linear.delete();
      angular.delete();
      shadow[Symbol.dispose]();
    },
  };
}
