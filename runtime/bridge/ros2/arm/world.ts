/** A simulated world behind ROS 2, as far as an evaluation needs it: put somewhere, seen there, asked for the truth. */

import { type Clock, NS_PER_MS } from "../../../core/clock.ts";
import { AgentError } from "../../../core/errors.ts";
import type { Frame } from "../../../core/sensing.ts";
import type { Objects, Pose } from "../../../core/trial.ts";
import type { Sensors } from "../sensors.ts";
import { type PoseMsg, toPoseMsg, type WorldClient } from "../world-client.ts";

/** The arm at rest in a posture (radians, order of the spec), loose things lying somewhere. */
export interface RosPosture {
  readonly armRad: ArrayLike<number>;
  readonly objects: Objects;
}

export interface RosWorld {
  /** Resolves when joints and every camera show it, with a picture of each camera. */
  set(posture: RosPosture): Promise<readonly Frame[]>;
  /** The arm, and the things of these names. */
  get(objects: readonly string[]): Promise<{ readonly armRad: Float64Array; readonly objects: Objects }>;
}

/** What is asked of an arm in such a world beside motions. */
export interface RosRequests {
  readonly placements: readonly string[];
  place(world: RosWorld, name: string, payload: unknown): Promise<{ readonly restRad: Float64Array; readonly answer: unknown }>;
  answer(world: RosWorld, name: string, payload: unknown): Promise<unknown>;
}

export interface RosWorldOptions {
  readonly client: WorldClient;
  readonly sensors: Pick<Sensors, "shown">;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

const LOOK_MS = 5;

export function createRosWorld({ client, sensors, clock, timeoutMs }: RosWorldOptions): RosWorld {
  /** The world is asked through services, the senses through topics: whichever is slower, the picture counts. */
  const shownSince = async (rosNs: bigint): Promise<readonly Frame[]> => {
    const deadlineNs = clock.nowNs() + BigInt(Math.round(timeoutMs)) * NS_PER_MS;
    for (;;) {
      const { frames, missing } = sensors.shown(rosNs);
      if (missing.length === 0) return frames;
      if (clock.nowNs() > deadlineNs)
        throw new AgentError(
          "bridge.timeout",
          `ROS 2: ${timeoutMs} ms after the world was set there is nothing new from ${missing.join(", ")}; look whether they publish`,
        );
      await clock.sleep(LOOK_MS);
    }
  };
  return {
    async set({ armRad, objects }) {
      const poses = Object.entries(objects).map(([name, { positionM, yawRad }]) => [name, toPoseMsg(positionM, yawRad)] as const);
      return shownSince(await client.set(armRad, new Map(poses)));
    },
    async get(names) {
      const { armRad, poses } = await client.get(names);
      return { armRad, objects: Object.fromEntries(names.map((name, index) => [name, fromPoseMsg(poses[index]!)])) };
    },
  };
}

const fromPoseMsg = ({ position, orientation: { x, y, z, w } }: PoseMsg): Pose => ({
  positionM: [position.x, position.y, position.z],
  yawRad: Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
});
