/** Where motions go: to an action server, to a topic of trajectories, or to one of positions, as the launch file says. */
import { type CommandSink, createFollowClient } from "../follow-client.ts";
import type { RosNode } from "../node.ts";
import { createPositionSink, createTrajectorySink } from "../topic-sinks.ts";

export function openSink(ros: RosNode, options: Omit<Parameters<typeof createFollowClient>[0], "action">): CommandSink {
  const { config } = options;
  if (config.kind === "action") {
    const action = new ros.library.rcl.ActionClient(ros.node, "control_msgs/action/FollowJointTrajectory", config.name);
    ros.onDispose(() => action.destroy());
    return createFollowClient({ ...options, action });
  }
  if (config.kind === "topic")
    return createTrajectorySink({ ...options, publisher: ros.advertise("trajectory_msgs/msg/JointTrajectory", config.name, "reliable") });
  return createPositionSink({ ...options, publisher: ros.advertise("std_msgs/msg/Float64MultiArray", config.name, "reliable") });
}
