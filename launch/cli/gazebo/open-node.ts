/** Opens a node where the command line and Gazebo's own variables say. */
import { readGazeboEnvironment } from "../../../runtime/bridge/gazebo/environment.ts";
import { type GazeboNode, openGazeboNode } from "../../../runtime/bridge/gazebo/node.ts";
import type { GazeboWarning } from "../../../runtime/bridge/gazebo/warnings.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";

/** Null takes what the environment says. */
export interface GazeboPlace {
  readonly partition: string | null;
  readonly hostIp: string | null;
}

export const clock = new SystemClock();

/** Partition and network of a place, without opening anything. */
export function resolvePlace({ partition, hostIp }: GazeboPlace): ReturnType<typeof readGazeboEnvironment> {
  const { partition: fromEnvironment, network } = readGazeboEnvironment(process.env);
  return { partition: partition ?? fromEnvironment, network: { ...network, hostIp: hostIp ?? network.hostIp } };
}

export function openNodeAt(place: GazeboPlace, onWarning: (warning: GazeboWarning) => void = () => {}): Promise<GazeboNode> {
  return openGazeboNode({ clock, ...resolvePlace(place), onWarning });
}
