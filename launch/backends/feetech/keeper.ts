/** Entry of the keeper process for an arm of Feetech servos: its port, the command stream and the last guard; it outlives the agent until the arm is at rest. */
import { Subscription } from "rxjs";
import { lockRobot } from "../../../runtime/act/robot-lock.ts";
import { serveKeeper } from "../../../runtime/act/serve-keeper.ts";
import { type CameraSetup, openCameras, untilSeen } from "../../../runtime/bridge/camera/open-cameras.ts";
import { createFeetechBus } from "../../../runtime/bridge/feetech/bus.ts";
import { openSerialPort } from "../../../runtime/bridge/feetech/serial-port.ts";
import { ServoDriver } from "../../../runtime/bridge/servos/driver.ts";
import type { ServoArmConfig } from "../../../runtime/bridge/servos/servo-arm.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { connectArmWorld } from "../../../sim/servos/ask-arm-world.ts";
import { portItself } from "./port-itself.ts";

/** What the agent sends as `config`; plain data. */
export interface FeetechKeeperConfig {
  readonly robot: RobotSpec;
  readonly port: string;
  readonly answerMs: number;
  readonly arm: ServoArmConfig;
  readonly cameras: readonly CameraSetup[];
  /** Socket of a virtual arm's world; a real arm has none. */
  readonly world?: string;
}

const looking = new Subscription();
const { reason } = await serveKeeper(async (config) => {
  const { robot: spec, port, answerMs, arm, cameras, world: socket } = config as FeetechKeeperConfig; // Our own agent's message over a private channel, checked when it was composed.
  const clock = new SystemClock();
  await lockRobot(`serial port ${portItself(port)}`, { clock }); // It lives as long as the process.
  const openBus = async () => createFeetechBus({ port: await openSerialPort(port), clock, answerMs });
  const world = socket === undefined ? {} : { world: await connectArmWorld(socket) };
  const eyes = openCameras(cameras, clock);
  looking.add(eyes.samples.subscribe()); // Open from now on: the last of them begins seconds after the first, and an agent that waits for it would hold.
  await untilSeen(eyes, cameras.length, clock);
  const driver = await ServoDriver.create({ spec, config: arm, clock, openBus, cameras: eyes, ...world });
  return { spec, driver, lastGuard };
});
looking.unsubscribe();
if (reason !== "agent said goodbye") console.error(`servos: the arm's process ended: ${reason}`);
process.exit(0);
