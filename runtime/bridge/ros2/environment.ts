/** What ROS this process was started in: read from the variables that a sourced setup file sets, before anything of ROS is loaded. */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { AgentError } from "../../core/errors.ts";

type Variables = Readonly<Record<string, string | undefined>>;

export interface RosEnvironment {
  /** humble, jazzy, kilted, ... */
  readonly distro: string;
  /** Install folders, the one sourced last first. */
  readonly prefixes: readonly string[];
}

/** The distributions whose rclnodejs 2.2 was written for; older ones lack what the bridge uses. */
const DISTROS = ["humble", "jazzy", "kilted", "lyrical", "rolling"] as const;

/** What to do without a sourced ROS, for messages. */
export const SOURCE_REMEDY =
  "run `source /opt/ros/jazzy/setup.bash` (or your distribution's, or your workspace's) in this shell, then start again";

/** Throws AgentError `bridge.missing` that says what to source. */
export function readRosEnvironment(env: Variables): RosEnvironment {
  const distro = env["ROS_DISTRO"];
  if (!distro) throw missing("no ROS 2 is sourced (ROS_DISTRO is not set)");
  if (!DISTROS.some((known) => known === distro)) throw missing(`ROS_DISTRO is "${distro}", must be one of ${DISTROS.join(", ")}`);
  const prefixes = (env["AMENT_PREFIX_PATH"] ?? "").split(delimiter).filter(Boolean);
  if (prefixes.length === 0) throw missing(`ROS 2 ${distro} is named but not sourced (AMENT_PREFIX_PATH is not set)`);
  // SAFETY: without its library path rclnodejs cannot load, takes that for a broken build and deletes it; see addon.ts.
  if (process.platform === "linux" && !env["LD_LIBRARY_PATH"]) throw missing(`ROS 2 ${distro} is sourced without LD_LIBRARY_PATH`);
  return { distro, prefixes };
}

const missing = (why: string): AgentError => new AgentError("bridge.missing", `ROS 2: ${why}; ${SOURCE_REMEDY}`);

/** The interface packages (control_msgs, ...) that the sourced ROS has. */
export function hasInterfaces({ prefixes }: RosEnvironment, packageName: string): boolean {
  return prefixes.some((prefix) => existsSync(join(prefix, "share/ament_index/resource_index/rosidl_interfaces", packageName)));
}

/** The operating system's release name (bookworm, noble), or null when it has none. */
export function osCodename(): string | null {
  try {
    return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1]?.trim() || null;
  } catch {
    return null; // No such file: not a Linux.
  }
}
