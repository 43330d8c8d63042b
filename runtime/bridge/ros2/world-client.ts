/** The two services of a simulated world: put arm and things somewhere, and tell where they really are. */
import { AgentError } from "../../core/errors.ts";
import type { RosEvaluationConfig } from "./config.ts";
import type { Client } from "./library.ts";
import type { QuaternionMsg, TimeMsg, Vector3Msg } from "./messages.ts";
import { fromTimeMsg } from "./time.ts";

export interface PoseMsg {
  readonly position: Vector3Msg;
  readonly orientation: QuaternionMsg;
}

/** foresight_msgs/srv/SetWorld response. */
interface SetWorldAnswer {
  readonly success: boolean;
  readonly message: string;
  readonly stamp: TimeMsg;
}

/** foresight_msgs/srv/GetWorld response. */
interface GetWorldAnswer extends SetWorldAnswer {
  readonly joint_names: readonly string[];
  readonly positions_rad: ArrayLike<number>;
  readonly poses: readonly PoseMsg[];
}

export interface WorldClientOptions {
  readonly setWorld: Client;
  readonly getWorld: Client;
  readonly config: RosEvaluationConfig;
  /** ROS's joint names, in the order of the spec. */
  readonly names: readonly string[];
}

export interface WorldClient {
  /** Puts arm (radians, order of the spec) and things, by name, there; the ROS time from which the senses show it. */
  set(armRad: ArrayLike<number>, objects: ReadonlyMap<string, PoseMsg>): Promise<bigint>;
  /** Poses in the order of the names. Throws `bridge.mismatch` when it does not know a joint or a thing. */
  get(objects: readonly string[]): Promise<{ readonly armRad: Float64Array; readonly poses: readonly PoseMsg[] }>;
  /** The services that nobody offers, for people. */
  missing(): readonly string[];
}

export function createWorldClient({ setWorld, getWorld, config, names }: WorldClientOptions): WorldClient {
  const { timeoutMs } = config;
  const ask = async <T extends SetWorldAnswer>(client: Client, name: string, request: object): Promise<T> => {
    const answer = await sent<T>(client, name, request, timeoutMs);
    if (!answer.success)
      throw new AgentError(
        "bridge.refused",
        `service "${name}": ${answer.message || "refused without a reason"}; look at the simulator's log`,
      );
    return answer;
  };
  return {
    async set(armRad, objects) {
      const request = {
        joint_names: names,
        positions_rad: [...Array.from(armRad)],
        objects: [...objects.keys()],
        poses: [...objects.values()],
      };
      return fromTimeMsg((await ask(setWorld, config.setWorld, request)).stamp);
    },
    async get(objects) {
      const { joint_names, positions_rad, poses } = await ask<GetWorldAnswer>(getWorld, config.getWorld, { objects });
      const order = names.map((name) => joint_names.indexOf(name));
      const lacking = [...names.filter((_, joint) => order[joint] === -1), ...objects.slice(poses.length)];
      if (lacking.length > 0)
        throw new AgentError(
          "bridge.mismatch",
          `service "${config.getWorld}": tells nothing of ${lacking.join(", ")}; set backend.joints.names, and name the things of backend.evaluation.scene as the simulation does`,
        );
      return { armRad: Float64Array.from(order, (index) => positions_rad[index]!), poses };
    },
    missing: () =>
      [
        { client: setWorld, name: config.setWorld, type: "SetWorld" },
        { client: getWorld, name: config.getWorld, type: "GetWorld" },
      ]
        .filter(({ client }) => !client.isServiceServerAvailable())
        .map(({ name, type }) => `no service "${name}" (foresight_msgs/${type}), which backend.evaluation needs`),
  };
}

async function sent<T>(client: Client, name: string, request: object, timeoutMs: number): Promise<T> {
  if (!client.isServiceServerAvailable())
    throw new AgentError("bridge.lost", `service "${name}": nobody offers it; start the simulation, or set backend.evaluation: null`);
  try {
    return (await client.sendRequestAsync(request, { timeout: timeoutMs })) as T;
  } catch (cause) {
    throw new AgentError(
      "bridge.timeout",
      `service "${name}": no answer within ${timeoutMs} ms (${(cause as Error).message}); look at the node that offers it`,
      { cause },
    );
  }
}

/** Position in metres and yaw about the vertical in radians as geometry_msgs/Pose. */
export const toPoseMsg = ([x, y, z]: readonly [number, number, number], yawRad: number): PoseMsg => ({
  position: { x, y, z },
  orientation: { x: 0, y: 0, z: Math.sin(yawRad / 2), w: Math.cos(yawRad / 2) },
});
