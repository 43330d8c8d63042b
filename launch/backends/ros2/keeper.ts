/** Entry of the keeper process for an arm behind ROS 2: its node, the command stream and the last guard; it outlives the agent until the arm is at rest. */

import { lockRobot } from "../../../runtime/act/robot-lock.ts";
import { serveKeeper } from "../../../runtime/act/serve-keeper.ts";
import { Ros2Driver } from "../../../runtime/bridge/ros2/arm/driver.ts";
import type { RosBackendConfig } from "../../../runtime/bridge/ros2/config.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { rosRequests } from "./requests.ts";

/** What the agent sends as `config`; plain data. */
export interface RosKeeperConfig {
  readonly robot: RobotSpec;
  readonly cameras: readonly CameraSpec[];
  readonly backend: RosBackendConfig;
  /** What the simulation calls its loose things. */
  readonly objects: readonly string[];
}

const { reason } = await serveKeeper(async (config) => {
  const { robot: spec, cameras, backend, objects } = config as RosKeeperConfig; // Our own agent's message over a private channel, checked when it was composed.
  const warn = (text: string): void => console.error(`ROS 2: ${text}`);
  // Both live as long as the process.
  const domain = backend.node.domainId ?? process.env["ROS_DOMAIN_ID"] ?? 0;
  const arm = `ROS 2 domain ${domain} ${backend.node.namespace} ${backend.command.name}`;
  if (backend.bringUp !== "shadow") await lockRobot(arm, { clock: new SystemClock() });
  const requests = backend.evaluation && rosRequests(spec, objects, await createKinematics(spec));
  const driver = await Ros2Driver.create({ spec, cameras, backend, clock: new SystemClock(), requests, warn });
  return { spec, driver, lastGuard };
});
if (reason !== "agent said goodbye") console.error(`ROS 2: the arm's process ended: ${reason}`);
process.exit(0);
