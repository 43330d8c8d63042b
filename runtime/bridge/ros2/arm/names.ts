/** Names of joints: the robot's spec has one, ROS may have another. */
import { AgentError } from "../../../core/errors.ts";
import type { GripperSpec, RobotSpec } from "../../../core/robot.ts";
import type { RosBackendConfig } from "../config.ts";

/** What ROS calls the joints of a robot, in the order of its spec. Throws AgentError `launch.invalid`. */
export function rosNames({ joints, gripper }: RobotSpec, { joints: { names } }: RosBackendConfig): readonly string[] {
  const known = [...joints.map(({ name }) => name), ...(gripper?.fingers.map(({ joint }) => joint) ?? [])];
  const unknown = Object.keys(names).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new AgentError(
      "launch.invalid",
      `backend.joints.names: the robot has no joint "${unknown}", only ${known.join(", ")}; correct it`,
    );
  return joints.map(({ name }) => names[name] ?? name);
}

/** The same of its fingers. */
export const fingerNames = ({ fingers }: GripperSpec, { joints: { names } }: RosBackendConfig): readonly string[] =>
  fingers.map(({ joint }) => names[joint] ?? joint);
