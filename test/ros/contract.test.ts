/** The robot contract over ROS 2: keeper process, real middleware, and a controller written in Python by the rules of ros2_control. */
import { after, before, describe, test } from "node:test";
import type { RosKeeperConfig } from "../../launch/backends/ros2/keeper.ts";
import { reachedBy } from "../../launch/backends/ros2/reached.ts";
import { describedRobot } from "../../robots/described/robot.ts";
import { robots } from "../../robots/index.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { type RosCommandConfig, rosBackendDefaults } from "../../runtime/bridge/ros2/config.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { robotContract } from "../contracts/robot.ts";
import { benchArm } from "../robots/described/descriptions.ts";
import { clock, domainId, type Peer, rosSkip, startPeer } from "./peer.ts";
import { hasHand } from "./peer-config.ts";

const commands = {
  action: { kind: "action", name: "joint_trajectory_controller/follow_joint_trajectory" },
  topic: { kind: "topic", name: "joint_trajectory_controller/joint_trajectory" },
  stream: { kind: "stream", name: "forward_position_controller/commands" },
} as const satisfies Record<string, Pick<RosCommandConfig, "kind" | "name">>;
type CommandName = keyof typeof commands;

/** How an arm is commanded concerns the bridge, not the arm: one is commanded in every way, the others as most drivers are. */
const arms: readonly (readonly [string, () => Promise<RobotSpec>, readonly CommandName[]])[] = [
  ["panda", robots.panda, ["action", "topic", "stream"]],
  ["ur5e", robots.ur5e, ["action"]],
  ["so101", robots.so101, ["action"]],
  ["an arm described by its URDF", () => describedRobot(benchArm), ["action"]],
];
const LEAD_S = 0.15;

if (rosSkip) test("a robot over ROS 2 keeps the robot contract", { skip: rosSkip }, () => {});
else
  for (const [name, load, commandNames] of arms)
    describe(`${name} over ROS 2`, () => {
      let whole: RobotSpec;
      let peer: Peer;
      before(async () => {
        whole = await load();
        peer = await startPeer({ robot: whole }, ["--order", ...jumbled(whole.joints.length).map(String)]);
      });
      after(() => peer?.[Symbol.asyncDispose]());

      for (const command of commandNames)
        robotContract(`${name} by ${command}`, async () => {
          const backend = rosBackendDefaults({
            node: { domainId, discovery: "localhost" },
            command: commands[command],
            ...(hasHand(whole) ? { gripper: { name: "gripper/gripper_cmd", maxEffortN: 70 } } : {}),
          });
          const spec = reachedBy(backend, whole);
          const config: RosKeeperConfig = { robot: spec, cameras: [], backend, objects: ["cube"] };
          const robot = await forkKeeper({ spec, entry: moduleUrl("../../launch/backends/ros2/keeper.ts", import.meta.url), config });
          return { robot, nowNs: () => clock.nowNs(), leadS: LEAD_S, pass: () => clock.sleep(50) };
        });
    });

/** The order in which joint_states names them: last, first, last but one, second, ... */
function jumbled(count: number): readonly number[] {
  return Array.from({ length: count }, (_, place) => (place % 2 === 0 ? count - 1 - place / 2 : (place - 1) / 2));
}
