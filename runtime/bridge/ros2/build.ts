/** Builds rclnodejs against the sourced ROS: compiles its native part once, keeps it where its own loader never deletes it, generates the messages. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { AgentError } from "../../core/errors.ts";
import { BUILD_REMEDY, checkAddon, checkMessages, OWN_INTERFACES, rclnodejsFolder, taggedAddon } from "./addon.ts";
import { hasInterfaces, readRosEnvironment } from "./environment.ts";

export interface RosBuildOptions {
  /** A folder in which the compiled part is kept for other installations on this machine, or null. */
  readonly cache: string | null;
  /** Compilers at the same time. */
  readonly jobs: number;
  readonly say: (line: string) => void;
}

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const COMPILE_MS_MAX = 20 * 60_000;
const GENERATE_MS_MAX = 5 * 60_000;
const TRY_MS_MAX = 30_000;
const OUTPUT_BYTES_MAX = 64 << 20;

/** Throws AgentError `bridge.missing` that says what to source or install, `bridge.failed` with the compiler's last words. */
export async function buildRos({ cache, jobs, say }: RosBuildOptions): Promise<void> {
  const ros = readRosEnvironment(process.env);
  const folder = rclnodejsFolder();
  const target = taggedAddon(folder, ros);
  const kept = cache === null ? null : join(cache, keptName(folder, target));
  if (await loads(target)) say(`rclnodejs: compiled before, ${target}`);
  else if (kept !== null && (await loads(kept))) {
    say(`rclnodejs: compiled before, ${kept}`);
    copy(kept, target);
  } else {
    say(`rclnodejs: compiling for ROS 2 ${ros.distro}, about a minute`);
    copy(await compile(folder, jobs), target);
  }
  if (kept !== null && !existsSync(kept)) copy(target, kept);
  say("rclnodejs: generating the messages of the sourced ROS");
  await command("rclnodejs's message generator", process.execPath, ["scripts/generate_messages.cjs"], folder, GENERATE_MS_MAX);
  checkMessages(folder, ros);
  checkAddon(ros, () => {}); // It loaded in a process of its own above: this one may have been started before ROS was sourced.
  if (!hasInterfaces(ros, OWN_INTERFACES)) say(ownInterfacesHint());
  say("rclnodejs: ready");
}

const keptName = (folder: string, target: string): string =>
  `rclnodejs-${(require(join(folder, "package.json")) as { version: string }).version}-node${process.versions.modules}-${basename(target)}`;

/** How to get our own messages, for people. */
export const ownInterfacesHint = (): string =>
  `${OWN_INTERFACES}: not in the sourced ROS, so there will be no task action and no latched state; ` +
  `build runtime/bridge/ros2/${OWN_INTERFACES} with colcon, source it and ${BUILD_REMEDY}`;

/** Whether the compiled part loads, tried in a process of its own. */
async function loads(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    await run(process.execPath, ["-e", "require(process.argv[1])", file], { timeout: TRY_MS_MAX });
    return true;
  } catch {
    return false; // Made for another ROS or another system: it is compiled anew.
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Compiles with the node-gyp that rclnodejs brings; the path of what came out. */
async function compile(folder: string, jobs: number): Promise<string> {
  const gyp = createRequire(join(folder, "package.json")).resolve("node-gyp/bin/node-gyp.js");
  const installed = dirname(dirname(process.execPath));
  // Node's headers beside Node: without them node-gyp downloads.
  const headers = existsSync(join(installed, "include/node/node_api.h")) ? [`--nodedir=${installed}`] : [];
  await command("compiling rclnodejs", process.execPath, [gyp, ...headers, `--jobs=${jobs}`, "rebuild"], folder, COMPILE_MS_MAX);
  return join(folder, "build/Release/rclnodejs.node");
}

async function command(what: string, program: string, args: readonly string[], cwd: string, timeout: number): Promise<void> {
  try {
    await run(program, args, { cwd, timeout, maxBuffer: OUTPUT_BYTES_MAX });
  } catch (cause) {
    const { stderr = "", stdout = "" } = cause as { stderr?: string; stdout?: string };
    const lines = `${stdout}\n${stderr}`.trim().split("\n");
    const words =
      (lines
        .filter((line) => /error|not found/i.test(line))
        .slice(-5)
        .join("; ") ||
        lines.at(-1)) ??
      "";
    throw new AgentError(
      "bridge.failed",
      `${what} failed: ${words}; install a C++ compiler, make, Python 3 and Node's headers, then try again`,
      {
        cause,
      },
    );
  }
}
