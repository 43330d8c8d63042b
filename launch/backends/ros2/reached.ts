/** What of a robot is there behind ROS 2. */
import type { RosBackendConfig } from "../../../runtime/bridge/ros2/config.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";

/** A gripper that the launch file names no action of cannot be told anything: to this run the robot has none. */
export function reachedBy({ gripper }: Pick<RosBackendConfig, "gripper">, { gripper: own, ...spec }: RobotSpec): RobotSpec {
  return gripper && own ? { ...spec, gripper: own } : spec;
}
