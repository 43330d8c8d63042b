/** What a driver adds to a position command in Gazebo so that the arm is where the command says: weight, inertia and the servos' damping, from the robot's own model. */
import { invariant } from "../../runtime/core/errors.ts";
import type { JointCommand } from "../../runtime/core/motion.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { readCompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { createShadow } from "../../runtime/kinematics/shadow.ts";

export interface FeedForward extends Disposable {
  /** Torque that the command needs, shape (jointCount), N m, not limited; `out` is filled and returned where given. A trajectory's `effort`. */
  torqueNm(command: JointCommand, out?: Float64Array): Float64Array;
  /** The position to command to a controller that adds no torque, shape (jointCount), rad: the command and torque / stiffness. */
  leadingRad(command: JointCommand, out?: Float64Array): Float64Array;
}

/**
 * Exported joints carry their servo's damping (export-robot.ts), so moving at qd costs damping qd beside the torque of the recursive Newton-Euler algorithm
 * (Featherstone, "Rigid Body Dynamics Algorithms", 2008, chapter 5; MuJoCo's mj_rne, which leaves the motors' armature out, as SDF does). The gripper is taken as closed.
 */
export async function createFeedForward(spec: RobotSpec): Promise<FeedForward> {
  const shadow = await createShadow(spec);
  const { mujoco, model, data, qposIndex, dofIndex } = shadow;
  const byName = new Map(
    readCompiledModel(mujoco, model).bodies.flatMap(({ joints }) => joints.map((joint) => [joint.name, joint] as const)),
  );
  const joints = spec.joints.map(({ name }) => byName.get(name)!);
  const damping = joints.map((joint) => joint.damping + (joint.servo?.damping ?? 0));
  const stiffness = joints.map(({ name, servo }) => {
    invariant(servo && servo.stiffness > 0, `joint "${name}" of "${spec.name}" has no position servo in its model`);
    return servo.stiffness;
  });
  const torques = new mujoco.DoubleBuffer(shadow.dofCount);

  const torqueNm = (command: JointCommand, out: Float64Array = new Float64Array(joints.length)): Float64Array => {
    const [qpos, qvel, qacc] = [data.qpos, data.qvel, data.qacc] as Float64Array[];
    for (let i = 0; i < joints.length; i++) {
      qpos![qposIndex[i]!] = command.positionRad[i]!;
      qvel![dofIndex[i]!] = command.velocityRadPerS[i]!;
      qacc![dofIndex[i]!] = command.accelerationRadPerS2[i]!;
    }
    mujoco.mj_kinematics(model, data);
    mujoco.mj_comPos(model, data);
    mujoco.mj_comVel(model, data);
    mujoco.mj_rne(model, data, 1, torques);
    const view: Float64Array = torques.GetView();
    for (let i = 0; i < joints.length; i++) out[i] = view[dofIndex[i]!]! + damping[i]! * command.velocityRadPerS[i]!;
    return out;
  };
  return {
    torqueNm,
    leadingRad(command, out = new Float64Array(joints.length)) {
      torqueNm(command, out);
      for (let i = 0; i < joints.length; i++) out[i] = command.positionRad[i]! + out[i]! / stiffness[i]!;
      return out;
    },
    [Symbol.dispose]() {
      torques.delete();
      shadow[Symbol.dispose]();
    },
  };
}
