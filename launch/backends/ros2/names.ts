/** What a launch file calls controller, frame and topics of its arm behind ROS 2, for a scene that is exported. */
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RosNames } from "../../../sim/gazebo/export-ros.ts";
import type { LaunchConfig } from "../../config/schema.ts";

/** The usual ones where the backend is another. Throws AgentError `launch.invalid` for a command that is no trajectory controller's. */
export function rosNamesOf({ backend, cameras }: LaunchConfig): RosNames {
  if (backend.kind !== "ros2") return { controller: "joint_trajectory_controller", baseFrame: "base_link", cameras: {} };
  const { command, node } = backend;
  const controller = command.name.match(/^([^/]+)\/(follow_)?joint_trajectory$/)?.[1];
  if (!controller) {
    const found = `backend.command.name: "${command.name}" is no name of a joint trajectory controller's`;
    throw new AgentError("launch.invalid", `${found}; name it CONTROLLER/follow_joint_trajectory`);
  }
  const ofCameras = cameras.flatMap(({ name }) => {
    const camera = backend.cameras[name];
    return camera ? [[name, { image: camera.topic, info: camera.infoTopic }] as const] : [];
  });
  return { controller, baseFrame: node.baseFrame, cameras: Object.fromEntries(ofCameras) };
}
