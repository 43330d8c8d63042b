/** The robot contract over ROS 2: keeper process, real middleware, and a controller written in Python by the rules of ros2_control. */
import { after, before, describe, test } from "node:test";
import type { RosKeeperConfig } from "../../launch/ros/keeper.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { rosBackendDefaults } from "../../runtime/bridge/ros2/config.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { robotContract } from "../contracts/robot.ts";
import { clock, domainId, type Peer, rosSkip, startPeer } from "./peer.ts";

const commands = {
  action: { kind: "action", name: "joint_trajectory_controller/follow_joint_trajectory" },
  topic: { kind: "topic", name: "joint_trajectory_controller/joint_trajectory" },
  stream: { kind: "stream", name: "forward_position_controller/commands" },
} as const;

if (rosSkip) test("a robot over ROS 2 keeps the robot contract", { skip: rosSkip }, () => {});
else {
  describe("over ROS 2", () => {
    let peer: Peer;
    before(async () => {
      peer = await startPeer({ robot: pandaSpec }, ["--order", "6", "0", "5", "1", "4", "2", "3"]);
    });
    after(() => peer[Symbol.asyncDispose]());
    for (const [name, command] of Object.entries(commands)) {
      robotContract(`panda by ${name}`, async () => {
        const backend = rosBackendDefaults({ node: { domainId, discovery: "localhost" }, command });
        const config: RosKeeperConfig = { robot: pandaSpec, cameras: [], backend };
        const robot = await forkKeeper({ spec: pandaSpec, entry: moduleUrl("../../launch/ros/keeper.ts", import.meta.url), config });
        return { robot, nowNs: () => clock.nowNs(), leadS: 0.15, pass: () => clock.sleep(50) };
      });
    }
  });
}
