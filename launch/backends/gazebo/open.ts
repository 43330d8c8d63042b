/** Opens an arm in Gazebo as a launch file says: in lockstep in this process, in real time in a keeper process. */
import type { Observable } from "rxjs";
import { forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { lockstepPace, realtimePace } from "../../../runtime/assemble/pace.ts";
import { trialWorld } from "../../../runtime/assemble/trial-world.ts";
import { openGazeboLockstep } from "../../../runtime/bridge/gazebo/arm/lockstep-robot.ts";
import { ManualClock, SystemClock } from "../../../runtime/core/clock.ts";
import { moduleUrl } from "../../../runtime/core/package-root.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { GAZEBO_STEP_S } from "../../../sim/gazebo/export-scene.ts";
import type { OpenedRobot, OpenRequest } from "../opened.ts";
import { sceneOf } from "../scene-of.ts";
import { type GazeboBodyConfig, openGazeboBody } from "./arm-options.ts";
import type { GazeboSection } from "./schema.ts";

/** An episode's reset moves the arm four times. */
const ASK_MS_MAX = 120_000;

export function openGazebo(section: GazeboSection, request: OpenRequest): Promise<OpenedRobot> {
  const { spec, cameras, periodS } = request;
  const cameraRateHz = section.mode === "lockstep" ? 1 / periodS : section.cameraRateHz;
  const body: GazeboBodyConfig = { robot: spec, cameras, scene: sceneOf(section), backend: section, cameraRateHz };
  return section.mode === "lockstep" ? openLockstep(request, body) : openRealtime(request, body);
}

async function openLockstep({ periodS }: OpenRequest, config: GazeboBodyConfig): Promise<OpenedRobot> {
  const { cameraRateHz } = config;
  const { latencyMs } = config.backend;
  const virtual = new ManualClock();
  const body = await openGazeboBody(config, new SystemClock());
  try {
    const timing = { virtual, lastGuard, periodS, stepS: GAZEBO_STEP_S, cameraRateHz };
    const onDisposed = async (): Promise<void> => await body[Symbol.asyncDispose]();
    const robot = await openGazeboLockstep({ ...body.arm, ...timing, requests: body.requests, onDisposed });
    const pace: OpenedRobot["pace"] = (observations) => lockstepPace({ observations, pass: () => robot.pass(), latencyMs });
    const ask = (name: string, payload?: unknown): Promise<unknown> => robot.ask(name, payload);
    return { robot, clock: virtual, mode: "lockstep", pace, ask, world: trialWorld(ask, true) };
  } catch (error) {
    await body[Symbol.asyncDispose]();
    throw error;
  }
}

async function openRealtime({ spec, periodS, effectMs }: OpenRequest, config: GazeboBodyConfig): Promise<OpenedRobot> {
  const clock = new SystemClock();
  const entry = moduleUrl("./keeper.ts", import.meta.url);
  const readyTimeoutMs = 3 * config.backend.connectTimeoutMs;
  const keeper = await forkKeeper({ spec, entry, config, readyTimeoutMs, exitTimeoutMs: EXIT_MS_MAX });
  const ask = (name: string, payload?: unknown) => keeper.ask(name, payload, ASK_MS_MAX);
  const pace = (observations: Observable<Observation>) => realtimePace({ observations, clock, periodMs: periodS * 1e3, effectMs });
  return { robot: keeper, keeper, clock, mode: "realtime", pace, ask, world: trialWorld(ask, true) };
}

/** The keeper stops the server it started before it ends. */
const EXIT_MS_MAX = 15_000;
