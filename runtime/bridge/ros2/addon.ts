/** Where rclnodejs and its compiled part are, and whether they would load: looked at before importing it, because its own loader, when it fails, deletes the build. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { hasInterfaces, osCodename, type RosEnvironment } from "./environment.ts";

/** What to do when rclnodejs is not built for this ROS, for messages. */
export const BUILD_REMEDY = "run `npm run ros:build` (or `foresight ros build`) in the shell where ROS 2 is sourced";

/** Interface packages that the bridge cannot do without. */
const NEEDED_INTERFACES = [
  "action_msgs",
  "builtin_interfaces",
  "control_msgs",
  "diagnostic_msgs",
  "geometry_msgs",
  "rosgraph_msgs",
  "sensor_msgs",
  "std_msgs",
  "std_srvs",
  "tf2_msgs",
  "trajectory_msgs",
  "visualization_msgs",
] as const;
/** Ours: without it the node has no task action and no latched AgentState. */
export const OWN_INTERFACES = "foresight_msgs";

const require = createRequire(import.meta.url);

/** The folder of the installed rclnodejs; throws `bridge.missing` when there is none. */
export function rclnodejsFolder(): string {
  try {
    return dirname(require.resolve("rclnodejs/package.json"));
  } catch (cause) {
    throw new AgentError("bridge.missing", 'package "rclnodejs" is not installed; the ROS 2 bridge needs it: npm install rclnodejs', {
      cause,
    });
  }
}

/** The compiled part under the name that rclnodejs tries first, and keeps. */
export function taggedAddon(folder: string, { distro }: RosEnvironment): string {
  const { platform, arch } = process;
  return join(folder, "prebuilds", `${platform}-${arch}`, `${distro}-${osCodename() ?? "unknown"}-${arch}-node-rclnodejs.node`);
}

/** Where the compiled part may be, in the order in which rclnodejs tries. */
const addonCandidates = (folder: string, ros: RosEnvironment): readonly string[] => [
  taggedAddon(folder, ros),
  join(folder, "build/Release/rclnodejs.node"),
];

/** Loads the compiled part the way Node would; throws what the system's loader says. */
function tryAddon(file: string): void {
  require(file);
}

/** Throws `bridge.missing` unless importing rclnodejs is safe: compiled part and JavaScript of the messages are there and load. */
export function checkAddon(ros: RosEnvironment, tryLoad: (file: string) => void = tryAddon): string {
  const folder = rclnodejsFolder();
  const present = addonCandidates(folder, ros).filter((file) => existsSync(file));
  if (present.length === 0)
    throw new AgentError("bridge.missing", `rclnodejs: not built for ROS 2 ${ros.distro} on this system; ${BUILD_REMEDY}`);
  const failures: string[] = [];
  for (const file of present) {
    try {
      tryLoad(file);
      checkMessages(folder, ros);
      return file;
    } catch (cause) {
      if (cause instanceof AgentError) throw cause;
      failures.push((cause as Error).message.split("\n")[0] ?? "");
    }
  }
  throw new AgentError(
    "bridge.missing",
    `rclnodejs: its compiled part does not load (${failures.join("; ")}); source ROS 2 before starting, or ${BUILD_REMEDY}`,
  );
}

/** Throws `bridge.missing` when the JavaScript of a message package that the bridge uses was not generated. */
export function checkMessages(folder: string, ros: RosEnvironment): void {
  const lacking = NEEDED_INTERFACES.filter((name) => !existsSync(join(folder, "generated", name)));
  if (lacking.length === 0) return;
  const unknown = lacking.filter((name) => !hasInterfaces(ros, name));
  if (unknown.length > 0) {
    const packages = unknown.map((name) => `ros-${ros.distro}-${name.replaceAll("_", "-")}`).join(" ");
    throw new AgentError("bridge.missing", `ROS 2 ${ros.distro}: has no ${unknown.join(", ")}; install ${packages}, then ${BUILD_REMEDY}`);
  }
  throw new AgentError("bridge.missing", `rclnodejs: its messages are not generated (${lacking.join(", ")}); ${BUILD_REMEDY}`);
}

/** Whether the task action and the latched state can be offered. */
export const hasOwnInterfaces = (): boolean => existsSync(join(rclnodejsFolder(), "generated", OWN_INTERFACES));
