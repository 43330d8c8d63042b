/** Entry of the keeper process for the simulator backend: real-time world, command stream and last guard beside it. */
import { resolve } from "node:path";
import { lockRobot } from "../../../runtime/act/robot-lock.ts";
import { serveKeeper } from "../../../runtime/act/serve-keeper.ts";
import { logStop } from "../../../runtime/act/stop-log.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { RealtimeSimDriver, type RealtimeSimOptions } from "../../../sim/realtime-driver.ts";
import { connectWorld } from "../../../sim/remote-world.ts";

/** What the agent sends as `config`; plain data. */
export interface SimKeeperConfig extends RealtimeSimOptions {
  /** Socket of the world, where another process serves it. */
  readonly world?: string;
}

const log = process.env["FORESIGHT_KEEPER_LOG"];

const { reason } = await serveKeeper(async (config) => {
  const options = config as SimKeeperConfig; // Our own agent's message over a private channel, checked when it was composed.
  const clock = new SystemClock();
  if (options.world !== undefined) await lockRobot(`simulated world ${resolve(options.world)}`, { clock }); // It lives as long as the process.
  const driver = options.world === undefined ? await RealtimeSimDriver.create(options) : await connectWorld(options.world, clock);
  return { spec: options.robot, lastGuard, ...(log ? logStop(driver, log, clock) : { driver }) };
});
if (reason !== "agent said goodbye") console.error(`simulator: the arm's process ended: ${reason}`);
process.exit(0);
