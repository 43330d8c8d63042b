/** Opens what a launch file calls its robot: a keeper process with the real-time simulator, or the lockstep simulator in this process. */

import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { createLockstepRobot } from "../../runtime/act/lockstep-robot.ts";
import type { OpenedRobot as Opened } from "../../runtime/assemble/opened-robot.ts";
import { lockstepPace, realtimePace } from "../../runtime/assemble/pace.ts";
import { ManualClock, SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { defaultScene, type SceneSpec } from "../../sim/scene.ts";
import { SimDriver } from "../../sim/sim-driver.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { openReplay, type RecordedRun, type Replay } from "./replay/open-replay.ts";
import type { SimKeeperConfig } from "./sim/keeper.ts";

/** With what a recording is held against, where it is one. */
export interface OpenedRobot extends Opened {
  readonly replay?: Replay;
}

export interface OpenRobotOptions {
  readonly spec: RobotSpec;
  readonly config: Pick<LaunchConfig, "backend" | "cameras">;
  readonly periodS: number;
  /** Time a decision is given before its segment starts, in realtime. */
  readonly effectMs: number;
  /** What backend.kind replay plays. */
  readonly recording?: RecordedRun | undefined;
}

export async function openRobot(options: OpenRobotOptions): Promise<OpenedRobot> {
  const { backend } = options.config;
  if (backend.kind === "gazebo") return (await import("./gazebo/open-robot.ts")).openGazeboRobot(options, backend);
  if (backend.kind === "ros2") return (await import("./ros2/open-robot.ts")).openRosRobot(options, backend);
  if (backend.kind === "replay" && options.recording) return openReplay(options.spec, options.recording);
  if (backend.kind !== "sim")
    throw new AgentError(
      "launch.invalid",
      `backend.kind "${backend.kind}": this command needs a robot that moves; use sim, gazebo or ros2`,
    );
  return backend.mode === "lockstep" ? openLockstep(options, backend) : openRealtime(options, backend);
}

type SimBackend = Extract<LaunchConfig["backend"], { kind: "sim" }>;
/** The world that can be put at the start of an episode and asked for the truth, and how time passes in it. */
export interface SimulatedWorld {
  readonly mode: "realtime" | "lockstep";
  readonly episode: "push" | "reach";
  readonly sceneSeed: number;
  /** In lockstep, pretended. */
  readonly latencyMs: number;
}

/** Null where the world is real, or recorded. */
export function worldOf(backend: LaunchConfig["backend"]): SimulatedWorld | null {
  if (backend.kind === "sim" || backend.kind === "gazebo") return backend;
  return backend.kind === "ros2" && backend.evaluation ? { ...backend.evaluation, mode: "realtime", latencyMs: 0 } : null;
}

/** What stands in front of the simulated arm. */
export const sceneOf = (backend: Pick<SimBackend, "scene">): SceneSpec => ({ ...defaultScene, ...backend.scene });

function simOptions({ spec, config }: OpenRobotOptions, backend: SimBackend): Omit<SimKeeperConfig, "cameraRateHz"> {
  return {
    robot: spec,
    scene: sceneOf(backend),
    cameras: config.cameras.map((camera) => knocked(camera, backend.knocked)),
    supersample: backend.cameraSupersample,
  };
}

/** The camera where it really stands: shifted, and turned about the vertical through itself. */
export function knocked(camera: CameraSpec, { shiftM, turnRad }: SimBackend["knocked"]): CameraSpec {
  const [x, y, z] = camera.positionM;
  const [dx, dy, dz] = [camera.targetM[0] - x, camera.targetM[1] - y, camera.targetM[2] - z];
  const [cos, sin] = [Math.cos(turnRad), Math.sin(turnRad)];
  const positionM = [x + shiftM[0], y + shiftM[1], z + shiftM[2]] as const;
  return { ...camera, positionM, targetM: [positionM[0] + cos * dx - sin * dy, positionM[1] + sin * dx + cos * dy, positionM[2] + dz] };
}

async function openLockstep(options: OpenRobotOptions, backend: SimBackend): Promise<OpenedRobot> {
  const { spec, periodS } = options;
  const clock = new ManualClock();
  const driver = await SimDriver.create(simOptions(options, backend));
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS });
  const pace: OpenedRobot["pace"] = (observations) =>
    lockstepPace({ observations, pass: () => robot.pass(), latencyMs: backend.latencyMs });
  return { robot, clock, mode: "lockstep", pace };
}

async function openRealtime(options: OpenRobotOptions, backend: SimBackend): Promise<OpenedRobot> {
  const { spec, periodS, effectMs } = options;
  const clock = new SystemClock();
  const config: SimKeeperConfig = { ...simOptions(options, backend), cameraRateHz: backend.cameraRateHz };
  const robot = await forkKeeper({ spec, entry: moduleUrl("./sim/keeper.ts", import.meta.url), config });
  const pace: OpenedRobot["pace"] = (observations) => realtimePace({ observations, clock, periodMs: periodS * 1e3, effectMs });
  return { robot, clock, mode: "realtime", pace };
}
