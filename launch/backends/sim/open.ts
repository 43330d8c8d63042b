/** Opens the embedded simulator: in lockstep in this process, in real time in a keeper process. */

import type { SteppableDriver } from "../../../runtime/act/driver.ts";
import { forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { lockstepPace, realtimePace } from "../../../runtime/assemble/pace.ts";
import { trialWorld } from "../../../runtime/assemble/trial-world.ts";
import { ManualClock, SystemClock } from "../../../runtime/core/clock.ts";
import { moduleUrl } from "../../../runtime/core/package-root.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { SimDriver, type SimOptions } from "../../../sim/sim-driver.ts";
import type { OpenedRobot, OpenRequest } from "../opened.ts";
import { sceneOf } from "../scene-of.ts";
import type { SimKeeperConfig } from "./keeper.ts";
import type { SimSection } from "./schema.ts";

export const openSim = (section: SimSection, request: OpenRequest): Promise<OpenedRobot> =>
  section.mode === "lockstep" ? openLockstep(section, request) : openRealtime(section, request);

/** `through`: what the world passes through before the arm is told of it. */
export async function openLockstep(
  section: SimSection,
  request: OpenRequest,
  through: (world: SimDriver) => SteppableDriver = (same) => same,
): Promise<OpenedRobot> {
  const { spec, periodS } = request;
  const clock = new ManualClock();
  const driver = through(await SimDriver.create(simOptions(section, request)));
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS });
  const pace: OpenedRobot["pace"] = (observations) =>
    lockstepPace({ observations, pass: () => robot.pass(), latencyMs: section.latencyMs });
  return { robot, clock, mode: "lockstep", pace, ask: robot.ask, world: trialWorld(robot.ask) };
}

async function openRealtime(section: SimSection, request: OpenRequest): Promise<OpenedRobot> {
  const { spec, periodS, effectMs } = request;
  const clock = new SystemClock();
  const own = { ...simOptions(section, request), cameraRateHz: section.cameraRateHz };
  const config: SimKeeperConfig = section.world === undefined ? own : { ...own, world: section.world };
  const robot = await forkKeeper({ spec, entry: moduleUrl("./keeper.ts", import.meta.url), config });
  const pace: OpenedRobot["pace"] = (observations) => realtimePace({ observations, clock, periodMs: periodS * 1e3, effectMs });
  const ask = (name: string, payload?: unknown) => robot.ask(name, payload);
  return { robot, keeper: robot, clock, mode: "realtime", pace, ask, world: section.world === undefined ? trialWorld(ask) : null };
}

const simOptions = (section: SimSection, { spec, cameras }: OpenRequest): SimOptions => ({
  robot: spec,
  scene: sceneOf(section),
  cameras: cameras.map((camera) => knocked(camera, section.knocked)),
  supersample: section.cameraSupersample,
  vary: section.vary,
});

/** The camera where it really stands: shifted, and turned about the vertical through itself. */
export function knocked(camera: CameraSpec, { shiftM, turnRad }: SimSection["knocked"]): CameraSpec {
  const [x, y, z] = camera.positionM;
  const [dx, dy, dz] = [camera.targetM[0] - x, camera.targetM[1] - y, camera.targetM[2] - z];
  const [cos, sin] = [Math.cos(turnRad), Math.sin(turnRad)];
  const positionM = [x + shiftM[0], y + shiftM[1], z + shiftM[2]] as const;
  return { ...camera, positionM, targetM: [positionM[0] + cos * dx - sin * dy, positionM[1] + sin * dx + cos * dy, positionM[2] + dz] };
}
