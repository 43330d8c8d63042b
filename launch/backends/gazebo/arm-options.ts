/** From a launch file's Gazebo section to the parts of an arm there; plain data until it is opened, because the keeper process opens it. */
import { lockRobot } from "../../../runtime/act/robot-lock.ts";
import type { GazeboArmOptions } from "../../../runtime/bridge/gazebo/arm/arm.ts";
import type { GazeboLimits } from "../../../runtime/bridge/gazebo/arm/driver.ts";
import type { GazeboRequests } from "../../../runtime/bridge/gazebo/arm/lockstep-robot.ts";
import { LOOPBACK_NETWORK } from "../../../runtime/bridge/gazebo/environment.ts";
import type { Clock } from "../../../runtime/core/clock.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { SceneSpec } from "../../../runtime/core/scene.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { createFeedForward } from "../../../sim/gazebo/feed-forward.ts";
import { topicOf, WORLD } from "../../../sim/gazebo/names.ts";
import { gazeboRequests } from "./requests.ts";
import type { GazeboSection } from "./schema.ts";
import { type OpenedWorld, openWorld } from "./world.ts";

/** Survives a structured clone. */
export interface GazeboBodyConfig {
  readonly robot: RobotSpec;
  readonly cameras: readonly CameraSpec[];
  readonly scene: SceneSpec;
  readonly backend: GazeboSection;
  /** Of a server that is started here: what nobody looks at is not rendered. */
  readonly cameraRateHz: number;
}

/** The world and what an arm in it needs; disposing ends a server that was started here. */
export interface GazeboBody extends AsyncDisposable {
  readonly world: OpenedWorld;
  readonly arm: GazeboArmOptions;
  readonly requests: GazeboRequests;
  readonly limits: GazeboLimits;
}

/** On the stream for people; what is printed as a result stays alone on the other. */
const tellPerson = (text: string): void => console.error(`Gazebo: ${text}`);

/** Finds or starts the world. Throws AgentError `robot.rejected` naming who commands that arm already, and those of `openWorld`. */
export async function openGazeboBody(
  config: GazeboBodyConfig,
  clock: Clock,
  warn: (text: string) => void = tellPerson,
): Promise<GazeboBody> {
  const { partition } = config.backend;
  if (partition === null) return openBody(config, clock, warn); // Of its own: nobody else knows it.
  const lock = await lockRobot(`Gazebo partition ${partition} ${config.robot.name}`, { clock });
  try {
    const body = await openBody(config, clock, warn);
    const dispose = async (): Promise<void> => {
      await body[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
    };
    return { ...body, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

async function openBody(config: GazeboBodyConfig, clock: Clock, warn: (text: string) => void): Promise<GazeboBody> {
  const { robot: spec, cameras, cameraRateHz, scene, backend } = config;
  const network = { ...LOOPBACK_NETWORK, hostIp: backend.hostIp };
  const controller = "trajectory" as const;
  const realTimeFactor = backend.mode === "lockstep" ? 0 : 1;
  const world = await openWorld({
    clock,
    partition: backend.partition,
    network,
    command: backend.server.command,
    release: backend.server.release,
    scene: { robot: spec, scene, cameras, cameraRateHz, controller, realTimeFactor },
    startMsMax: backend.connectTimeoutMs,
    say: warn,
  });
  const [kinematics, feedForward] = await Promise.all([createKinematics(spec), createFeedForward(spec)]);
  const torques = new Float64Array(spec.joints.length);
  return {
    world,
    arm: {
      spec,
      cameras,
      clock,
      partition: world.partition,
      network,
      world: WORLD,
      topics: {
        jointState: topicOf.jointState(spec.name),
        trajectory: topicOf.trajectory(spec.name),
        position: (joint) => topicOf.position(spec.name, joint),
        pose: topicOf.pose,
        image: topicOf.image,
      },
      objects: Object.keys(scene.objects),
      torqueNm: (command) => feedForward.torqueNm(command, torques),
      connectMsMax: backend.connectTimeoutMs,
      onWarning: ({ message }) => warn(message),
    },
    requests: gazeboRequests(spec, scene, kinematics),
    limits: {
      clockSilentMsMax: backend.maxClockSilenceMs,
      trackingRadMax: backend.maxTrackingRad,
      trackingMsMax: backend.maxTrackingMs,
      realTimeFactorMin: backend.minRealTimeFactor,
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      kinematics[Symbol.dispose]();
      feedForward[Symbol.dispose]();
    },
  };
}
