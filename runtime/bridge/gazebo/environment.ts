/** Where on the network a Gazebo is looked for, and what the variables say that Gazebo itself reads. */
import { hostname, userInfo } from "node:os";
import { AgentError } from "../../core/errors.ts";

export interface GazeboNetwork {
  /** Address of the interface that Gazebo is on. Anything but 127.x lets every machine of that network command the robot. */
  readonly hostIp: string;
  readonly multicastGroup: string;
  readonly topicPort: number;
  readonly servicePort: number;
}

export const LOOPBACK_NETWORK: GazeboNetwork = {
  hostIp: "127.0.0.1",
  multicastGroup: "239.255.0.7",
  topicPort: 10317,
  servicePort: 10318,
};

export const isLoopback = (ip: string): boolean => ip.startsWith("127.");

/** What Gazebo takes when no variable names a partition. */
export const defaultPartition = (): string => `${hostname()}:${userInfo().username}`;

/** Partition and network as a Gazebo started with these variables would take them (GZ_ before IGN_), but loopback where none is named. */
export function readGazeboEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly partition: string;
  readonly network: GazeboNetwork;
} {
  const read = (name: string): string | undefined => env[`GZ_${name}`] ?? env[`IGN_${name}`];
  const port = (name: string, fallback: number): number => {
    const text = read(name);
    if (!text) return fallback;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > 65_535) {
      throw new AgentError(
        "launch.invalid",
        `environment variable GZ_${name} or IGN_${name}: "${text}" is no port from 1 to 65535; correct it or take it away`,
      );
    }
    return value;
  };
  return {
    partition: read("PARTITION") ?? defaultPartition(),
    network: {
      hostIp: read("IP") || LOOPBACK_NETWORK.hostIp,
      multicastGroup: read("DISCOVERY_MULTICAST_IP") || LOOPBACK_NETWORK.multicastGroup,
      topicPort: port("DISCOVERY_MSG_PORT", LOOPBACK_NETWORK.topicPort),
      servicePort: port("DISCOVERY_SRV_PORT", LOOPBACK_NETWORK.servicePort),
    },
  };
}
