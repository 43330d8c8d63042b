/** What an arm in Gazebo tells of its joints and loose things, taken out of Gazebo's messages. */

import { AgentError } from "../../../core/errors.ts";
import { gripperField } from "../../../core/gripper.ts";
import type { RobotSpec } from "../../../core/robot.ts";
import type { GripperReading } from "../../../core/sensing.ts";
import type { Vec3 } from "../../../core/vec3.ts";
import type { GazeboMessage } from "../message-types.ts";
import { fingersReading } from "./fingers.ts";

/** Joints at one instant of simulated time, in the order of the spec. */
export interface JointReading {
  readonly simNs: bigint;
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
  readonly gripper?: GripperReading;
}

/** Where a loose thing's model is, base frame. */
export interface PoseReading {
  readonly simNs: bigint;
  readonly positionM: Vec3;
  /** About the vertical. */
  readonly yawRad: number;
}

/** How the world itself is doing. */
export interface WorldReading {
  readonly simNs: bigint;
  readonly isPaused: boolean;
  /** Simulated seconds per second. */
  readonly realTimeFactor: number;
}

/** Nanoseconds; 0 where no time was sent. */
const nsOf = (time: GazeboMessage<"Time"> | undefined): bigint => (time?.sec ?? 0n) * 1_000_000_000n + BigInt(time?.nsec ?? 0);
export const stampOf = (header: GazeboMessage<"Header"> | undefined): bigint => nsOf(header?.stamp);

/** Throws AgentError `bridge.mismatch` when a joint of the robot is not among those that Gazebo tells. */
export function jointReading(message: GazeboMessage<"Model">, { name: robot, joints, gripper }: RobotSpec): JointReading {
  const positionRad = new Float64Array(joints.length);
  const velocityRadPerS = new Float64Array(joints.length);
  for (const [index, { name }] of joints.entries()) {
    const axis = message.joint.find((joint) => joint.name === name)?.axis1;
    if (!axis) {
      const told = message.joint.map((joint) => joint.name).join(", ") || "none";
      const remedy = "export the robot again with `foresight gazebo export`";
      throw new AgentError("bridge.mismatch", `Gazebo: robot "${robot}" has no joint "${name}" there, only ${told}; ${remedy}`);
    }
    positionRad[index] = axis.position;
    velocityRadPerS[index] = axis.velocity;
  }
  const felt = gripper && fingersReading(message, gripper);
  return { simNs: stampOf(message.header), positionRad, velocityRadPerS, ...gripperField(felt ?? undefined) };
}

export function worldReading({ simTime, paused, realTimeFactor }: GazeboMessage<"WorldStatistics">): WorldReading {
  return { simNs: nsOf(simTime), isPaused: paused, realTimeFactor };
}

export function poseReading({ header, position, orientation }: GazeboMessage<"Pose">): PoseReading {
  const { x, y, z, w } = orientation ?? { x: 0, y: 0, z: 0, w: 1 };
  const yawRad = Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
  return { simNs: stampOf(header), positionM: [position?.x ?? 0, position?.y ?? 0, position?.z ?? 0], yawRad };
}
