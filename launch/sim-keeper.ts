/** Entry of the keeper process for the simulator backend: real-time world, command stream and last guard beside it. */
import { serveKeeper } from "../runtime/act/serve-keeper.ts";
import { lastGuard } from "../runtime/guard/last-guard.ts";
import { RealtimeSimDriver, type RealtimeSimOptions } from "../sim/realtime-driver.ts";

/** What the agent sends as `config`; plain data. */
export type SimKeeperConfig = RealtimeSimOptions;

const { reason } = await serveKeeper(async (config) => {
  const options = config as SimKeeperConfig; // Our own agent's message over a private channel, checked when it was composed.
  return { spec: options.robot, driver: await RealtimeSimDriver.create(options), lastGuard };
});
if (process.env["FORESIGHT_KEEPER_LOG"]) console.error(`keeper ended: ${reason}`);
process.exit(0);
