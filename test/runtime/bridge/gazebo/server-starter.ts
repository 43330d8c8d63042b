/** Starts a server as the product does, passes on what it says, and waits to be killed: `node --import tsx server-starter.ts COMMAND...`. */
import { LOOPBACK_NETWORK } from "../../../../runtime/bridge/gazebo/environment.ts";
import { startGazeboServer } from "../../../../runtime/bridge/gazebo/server-process.ts";
import { SystemClock } from "../../../../runtime/core/clock.ts";

const clock = new SystemClock();
const command = process.argv.slice(2);
const server = startGazeboServer({ clock, command, worldPath: "world.sdf", partition: "p", network: LOOPBACK_NETWORK, env: process.env });
clock.every(20, () => {
  if (server.log) process.stdout.write(`${server.log}\n`);
});
