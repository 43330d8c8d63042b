/** Entry of the keeper process for an arm in Gazebo: its node, the command stream and the last guard, and the server when it is started here. */

import { serveKeeper } from "../../../runtime/act/serve-keeper.ts";
import { logStop } from "../../../runtime/act/stop-log.ts";
import { GazeboDriver } from "../../../runtime/bridge/gazebo/arm/driver.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { type GazeboBodyConfig, openGazeboBody } from "./arm-options.ts";

const log = process.env["FORESIGHT_KEEPER_LOG"];
let closeBody = async (): Promise<void> => {};

const { reason } = await serveKeeper(async (config) => {
  const options = config as GazeboBodyConfig; // Our own agent's message over a private channel, checked when it was composed.
  const clock = new SystemClock();
  const body = await openGazeboBody(options, clock);
  closeBody = async () => await body[Symbol.asyncDispose]();
  const driver = await GazeboDriver.create({ ...body.arm, ...body.limits, requests: body.requests, serverEnded: body.world.ended });
  return { spec: options.robot, lastGuard, ...(log ? logStop(driver, log, clock) : { driver }) };
});
if (reason !== "agent said goodbye") console.error(`Gazebo: the arm's process ended: ${reason}`);
await closeBody();
process.exit(0);
