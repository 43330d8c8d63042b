/** Which Gazebo the tests run against: the one that FORESIGHT_GAZEBO_COMMAND names, else the one on the path, else the archive of test/gazebo/setup.sh. */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { findGazeboCommand } from "../../runtime/bridge/gazebo/server-process.ts";
import type { Release } from "../../sim/gazebo/release.ts";

export interface FoundGazebo {
  /** Starts a headless server; options and the world are put behind it. */
  readonly command: readonly string[];
  /** Whose plugin names its worlds use. */
  readonly release: Release;
  /** What it says of itself. */
  readonly version: string;
  /** Checks an SDF file that is put behind it, as `gz sdf --check` does; or the reason why there is no such check. */
  readonly sdfCheck: readonly string[] | { readonly missing: string };
  readonly skip: false;
}

export interface NoGazebo {
  readonly skip: string;
}

/** Major version of Fortress: what was before speaks another discovery protocol. */
const FORTRESS = 6;
/** Of Garden, the first with `gz` names. */
const GARDEN = 7;
const ANSWER_MS_MAX = 30_000;
const REMEDY = "install Gazebo (gz sim), or name a headless server's command in FORESIGHT_GAZEBO_COMMAND";

type Variables = Readonly<Record<string, string | undefined>>;

export function findGazebo(env: Variables, setup = fileURLToPath(new URL("setup.sh", import.meta.url))): FoundGazebo | NoGazebo {
  const named = env["FORESIGHT_GAZEBO_COMMAND"]?.split(/\s+/).filter((word) => word !== "") ?? [];
  if (named.length > 0) return ownGazebo(named, env);
  const onPath = findGazeboCommand(env["PATH"] ?? "");
  if (onPath) return ownGazebo(onPath, env);
  const { status, stdout, stderr } = spawnSync("bash", [setup], { encoding: "utf8", env });
  if (status !== 0) return { skip: `${stderr.trim().split("\n").at(-1) || "test/gazebo/setup.sh failed"}; ${REMEDY}` };
  const start = stdout.trim();
  const script = fileURLToPath(new URL("check-sdf.py", import.meta.url));
  const sdfCheck = ["env", `LD_LIBRARY_PATH=${dirname(start)}/lib`, "python3", script, `${dirname(start)}/lib/libsdformat12.so`];
  return { command: [start], release: "fortress", version: "Fortress of the archive", sdfCheck, skip: false };
}

/** `-r` is the caller's to say: many tests start a world that waits. */
function ownGazebo(words: readonly string[], env: Variables): FoundGazebo | NoGazebo {
  const command = words.filter((word) => word !== "-r");
  const options = command.findIndex((word) => word.startsWith("-"));
  const [program = "", ...rest] = options < 0 ? command : command.slice(0, options);
  const told = spawnSync(program, [...rest, "--version"], { encoding: "utf8", env, timeout: ANSWER_MS_MAX });
  if (told.error) return { skip: `"${command.join(" ")}" does not start: ${told.error.message}; ${REMEDY}` };
  const version = /^.*\bversion\s+(\d+)\.\S+/im.exec(told.stdout);
  const major = Number(version?.[1] ?? Number.NaN);
  if (major < FORTRESS) return { skip: `${version?.[0]} is older than Fortress (6) and speaks another protocol of discovery; ${REMEDY}` };
  const release = major >= GARDEN || (Number.isNaN(major) && program.endsWith("gz")) ? "harmonic" : "fortress";
  return {
    command,
    release,
    version: version?.[0] ?? "of a version that it does not tell",
    sdfCheck: sdfCheckOf(program, env),
    skip: false,
  };
}

function sdfCheckOf(program: string, env: Variables): FoundGazebo["sdfCheck"] {
  const { status } = spawnSync(program, ["sdf", "--version"], { env, timeout: ANSWER_MS_MAX });
  return status === 0
    ? [program, "sdf", "--check"]
    : { missing: `this Gazebo has no \`${program} sdf\`, which checks SDF files; install sdformat's tools` };
}
