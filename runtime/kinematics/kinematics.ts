/** Where a robot's tool is, how it moves, and which joint positions put it somewhere: MuJoCo's own functions on the robot's own model. */
import { invariant } from "../core/errors.ts";
import type { RobotSpec } from "../core/robot.ts";
import type { Vec3 } from "../core/vec3.ts";
import { type InverseRequest, type InverseResult, solveInverse } from "./inverse.ts";
import { multiply, type Quaternion } from "./quaternion.ts";
import { createShadow, type Shadow } from "./shadow.ts";

/** The tool point's place and orientation in the robot's base frame. */
export interface ToolPose {
  readonly positionM: Vec3;
  /** (w, x, y, z), length 1. */
  readonly quaternion: Quaternion;
}

/** All joint positions have shape (jointCount), in the order of the spec; results are fresh and the caller's own. */
export interface Kinematics extends Disposable {
  readonly spec: RobotSpec;
  toolPose(positionRad: ArrayLike<number>): ToolPose;
  /** The tool point in the base frame, metres. */
  toolAt(positionRad: ArrayLike<number>): Vec3;
  /** Shape (6, jointCount), row-major: tool velocity in m/s (x, y, z), then rad/s about x, y, z, per joint velocity in rad/s; base frame. */
  jacobian(positionRad: ArrayLike<number>): Float64Array;
  /** Joint positions that bring the tool to a pose, inside the joint limits, near the seed; never throws on numbers it cannot use. */
  inverse(request: InverseRequest): InverseResult;
}

/** Loads the robot's model; dispose of it to free the WASM heap. Throws AgentError `model.*` when spec and model do not fit. */
export async function createKinematics(spec: RobotSpec): Promise<Kinematics> {
  const shadow = await createShadow(spec);
  const jointCount = spec.joints.length;
  const linear = new shadow.mujoco.DoubleBuffer(3 * shadow.dofCount);
  const angular = new shadow.mujoco.DoubleBuffer(3 * shadow.dofCount);
  let disposed = false;

  const pose = (positionRad: ArrayLike<number>): void => {
    invariant(!disposed, `kinematics of "${spec.name}" was used after it was disposed of`);
    invariant(positionRad.length === jointCount, `"${spec.name}" has ${jointCount} joints, not ${positionRad.length}`);
    const qpos: Float64Array = shadow.data.qpos; // A view that dies when the WASM heap grows: never kept.
    for (let i = 0; i < jointCount; i++) qpos[shadow.qposIndex[i]!] = positionRad[i]!;
    shadow.mujoco.mj_kinematics(shadow.model, shadow.data);
  };
  const fillJacobian = (out: Float64Array): void => {
    shadow.mujoco.mj_comPos(shadow.model, shadow.data); // mj_jacSite reads what mj_comPos computes.
    shadow.mujoco.mj_jacSite(shadow.model, shadow.data, linear, angular, shadow.siteId);
    copyColumns(linear.GetView(), out, 0, shadow);
    copyColumns(angular.GetView(), out, 3 * jointCount, shadow);
  };

  return {
    spec,
    toolPose(positionRad) {
      pose(positionRad);
      return { positionM: readPosition(shadow), quaternion: readQuaternion(shadow) };
    },
    toolAt(positionRad) {
      pose(positionRad);
      return readPosition(shadow);
    },
    jacobian(positionRad) {
      pose(positionRad);
      const out = new Float64Array(6 * jointCount);
      fillJacobian(out);
      return out;
    },
    inverse: (request) =>
      solveInverse(spec, request, (positionRad, jacobian) => {
        pose(positionRad);
        if (jacobian) fillJacobian(jacobian);
        return { positionM: readPosition(shadow), quaternion: readQuaternion(shadow) };
      }),
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      linear.delete();
      angular.delete();
      shadow[Symbol.dispose]();
    },
  };
}

function copyColumns(from: Float64Array, to: Float64Array, offset: number, shadow: Shadow): void {
  const jointCount = shadow.dofIndex.length;
  for (let row = 0; row < 3; row++) {
    for (let i = 0; i < jointCount; i++) to[offset + row * jointCount + i] = from[row * shadow.dofCount + shadow.dofIndex[i]!]!;
  }
}

function readPosition(shadow: Shadow): Vec3 {
  const all: Float64Array = shadow.data.site_xpos;
  const at = 3 * shadow.siteId;
  return [all[at]!, all[at + 1]!, all[at + 2]!];
}

function readQuaternion(shadow: Shadow): Quaternion {
  return multiply(quaternionAt(shadow.data.xquat, shadow.siteBodyId), quaternionAt(shadow.model.site_quat, shadow.siteId));
}

function quaternionAt(all: Float64Array, index: number): Quaternion {
  return [all[4 * index]!, all[4 * index + 1]!, all[4 * index + 2]!, all[4 * index + 3]!];
}
