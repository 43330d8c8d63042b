/** Nodes that meet over loopback, on ports and a group of their own: no Gazebo of this machine is disturbed, and none disturbs. */
import { randomUUID } from "node:crypto";
import { after } from "node:test";
import { LOOPBACK_NETWORK } from "../../../../runtime/bridge/gazebo/environment.ts";
import { type GazeboNode, type GazeboNodeOptions, openGazeboNode } from "../../../../runtime/bridge/gazebo/node.ts";
import { SystemClock } from "../../../../runtime/core/clock.ts";

export const clock = new SystemClock();
/** Test files that run beside one another are other processes, on other ports. */
const topicPort = 20_000 + 2 * (process.pid % 5000);
export const network = { ...LOOPBACK_NETWORK, multicastGroup: "239.255.0.77", topicPort, servicePort: topicPort + 1 };
export const WITHIN_MS = 10_000;
const opened: GazeboNode[] = [];
after(() => Promise.all(opened.map((node) => node.close())));

/** Closed when the tests of the file are done. */
export async function open(options: Partial<GazeboNodeOptions> & { partition: string }): Promise<GazeboNode> {
  const node = await openGazeboNode({ clock, network, ...options });
  opened.push(node);
  return node;
}
export const aPartition = (): string => `test-${randomUUID()}`;

export async function twoNodes() {
  const partition = aPartition();
  return { partition, a: await open({ partition }), b: await open({ partition }) };
}
