/** `foresight gazebo doctor`: whether a Gazebo can be talked to from here, and if not, which of the usual reasons it is. */
import { networkInterfaces } from "node:os";
import { isLoopback } from "../../../runtime/bridge/gazebo/environment.ts";
import { loadProtobuf, loadZeroMq } from "../../../runtime/bridge/gazebo/libraries.ts";
import { splitTypeName } from "../../../runtime/bridge/gazebo/messages.ts";
import type { GazeboNode } from "../../../runtime/bridge/gazebo/node.ts";
import { findGazeboCommand } from "../../../runtime/bridge/gazebo/server-process.ts";
import type { Check } from "../check.ts";
import type { DoctorResult } from "../doctor.ts";
import { clock, type GazeboPlace, openNodeAt, resolvePlace } from "./open-node.ts";
import { type GazeboProcess, gazeboProcesses } from "./processes.ts";

const good = (name: string, found: string, needed = true): Check => ({ name, needed, ok: true, found, remedy: null });
const bad = (name: string, found: string, remedy: string, needed = true): Check => ({ name, needed, ok: false, found, remedy });

/** Listens for `listenMs`; moves and changes nothing. */
export async function gazeboDoctor(place: GazeboPlace, listenMs: number): Promise<DoctorResult> {
  const { partition, network } = resolvePlace(place);
  const packages = [await checkPackage("zeromq", loadZeroMq), await checkPackage("@bufbuild/protobuf", loadProtobuf)];
  const processes = gazeboProcesses();
  const checks = [
    ...packages,
    checkInterface(network.hostIp),
    checkCommand(),
    ...processes.map((it) => checkProcess(it, partition, network.hostIp)),
    ...(packages.every(({ ok }) => ok) ? await listen(place, listenMs) : []),
  ];
  return { ok: checks.every(({ ok, needed }) => ok || !needed), checks };
}

async function checkPackage(name: string, load: () => Promise<unknown>): Promise<Check> {
  try {
    await load();
    return good(name, "loads");
  } catch (error) {
    return bad(name, (error as Error).message, "npm install zeromq @bufbuild/protobuf");
  }
}

function checkInterface(hostIp: string): Check {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
  if (!addresses.includes(hostIp)) {
    return bad("interface", `${hostIp} is no address of this machine (${addresses.join(", ") || "none is up"})`, "choose one with --ip");
  }
  if (isLoopback(hostIp)) return good("interface", `${hostIp}: nobody outside this machine is heard`);
  return bad("interface", `${hostIp}: everybody on that network can command the robot`, "use 127.0.0.1 where you can", false);
}

function checkCommand(): Check {
  const command = findGazeboCommand(process.env["PATH"] ?? "");
  if (command) return good("server command", command.join(" "), false);
  return bad(
    "server command",
    'neither "gz" nor "ign" is on the path',
    "only needed to start a server from here; or name it in the launch file",
    false,
  );
}

/** One server that runs here: would this client hear it? */
function checkProcess({ pid, command, partition, ip, zenoh }: GazeboProcess, mine: string, hostIp: string): Check {
  const name = `server ${pid}`;
  if (zenoh) return bad(name, `${command}: speaks Zenoh`, "start it with GZ_TRANSPORT_IMPLEMENTATION=zeromq", false);
  if (isLoopback(hostIp) && !isLoopback(ip ?? "")) {
    const found = `${command}: ${ip ? `is on ${ip}` : "no IGN_IP or GZ_IP is set"}, not on loopback`;
    return bad(name, found, "start it with IGN_IP=127.0.0.1 GZ_IP=127.0.0.1", false);
  }
  if (partition !== null && partition !== mine) {
    return bad(name, `${command}: partition "${partition}", this client's is "${mine}"`, `use --partition ${partition}`, false);
  }
  return good(name, `${command}: partition "${partition ?? mine}" on ${ip}`, false);
}

async function listen(place: GazeboPlace, listenMs: number): Promise<readonly Check[]> {
  const node = await openNodeAt(place).catch((error: Error) => error);
  if (node instanceof Error) return [bad("discovery", node.message, "choose another interface with --ip")];
  try {
    await clock.sleep(listenMs);
    return [
      checkPartition(node),
      ...checkWorlds(node),
      ...node.warnings().map(({ kind, message }) => bad(kind, message, message.split("; ").at(-1)!, false)),
    ];
  } finally {
    await node.close();
  }
}

function checkPartition(node: GazeboNode): Check {
  const all = [...node.topics(), ...node.services()];
  const mine = all.filter(({ partition }) => partition === node.partition);
  const name = `partition "${node.partition}"`;
  if (mine.length > 0)
    return good(
      name,
      `${mine.length} topics and services of ${new Set(mine.map(({ processUuid }) => processUuid)).size} processes, ${node.family}`,
    );
  const others = [...new Set(all.map(({ partition }) => partition))].sort();
  if (others.length > 0)
    return bad(name, `nobody; there is ${others.map((other) => `"${other}"`).join(", ")}`, "choose one with --partition");
  return bad(name, "nobody", node.explainNobody());
}

/** What an arm needs of a world, by the plugin that offers it. */
const PLUGINS: readonly (readonly [string, RegExp])[] = [
  ["UserCommands (spawn, set_pose)", /\/(create|set_pose)$/],
  ["JointStatePublisher", /\/joint_state$/],
  ["JointTrajectoryController", /\/joint_trajectory_progress$/],
  ["cameras", /\/camera_info$/],
];

function checkWorlds(node: GazeboNode): readonly Check[] {
  const services = node.services().filter(({ partition }) => partition === node.partition);
  const worlds = services.flatMap(({ name, requestType }) =>
    splitTypeName(requestType)?.name === "WorldControl" ? (/^\/world\/(.+)\/control$/.exec(name)?.slice(1) ?? []) : [],
  );
  const names = [...services, ...node.topics().filter(({ partition }) => partition === node.partition)].map(({ name }) => name);
  const plugins = PLUGINS.map(([plugin, pattern]) =>
    names.some((name) => pattern.test(name))
      ? good(plugin, "is there", false)
      : bad(plugin, "nothing offers it", "put the plugin into the world, or let foresight spawn its own", false),
  );
  return worlds.flatMap((world) => [good(`world "${world}"`, "answers to control"), ...plugins]);
}
