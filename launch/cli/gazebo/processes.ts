/** Gazebo servers that run on this computer, and what their environment tells (Linux only: read from /proc). */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface GazeboProcess {
  readonly pid: number;
  readonly command: string;
  /** Null when no variable names it. */
  readonly partition: string | null;
  readonly ip: string | null;
  /** It has loaded the Zenoh library or was told to use it. */
  readonly zenoh: boolean;
}

const COMMAND_CHARS_MAX = 120;
const SERVER = /(^|\/)(gz-server|gzserver)(\s|$)|\b(gz sim|ign gazebo)\b|gz-sim-server/;

/** Those whose environment we may read; empty where there is no /proc. */
export function gazeboProcesses(procFolder = "/proc"): readonly GazeboProcess[] {
  return list(procFolder)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const folder = join(procFolder, name);
      const command = read(join(folder, "cmdline")).replaceAll("\0", " ").trim();
      if (!SERVER.test(command) || Number(name) === process.pid) return [];
      const variables = new Map(read(join(folder, "environ")).split("\0").map(splitVariable));
      const of = (variable: string): string | null => variables.get(`GZ_${variable}`) ?? variables.get(`IGN_${variable}`) ?? null;
      const told = of("TRANSPORT_IMPLEMENTATION")?.toLowerCase();
      const zenoh = told ? told === "zenoh" : read(join(folder, "maps")).includes("libzenohc");
      return [{ pid: Number(name), command: command.slice(0, COMMAND_CHARS_MAX), partition: of("PARTITION"), ip: of("IP"), zenoh }];
    });
}

const splitVariable = (line: string): [string, string] => {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
};

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No /proc here.
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Gone meanwhile, or another user's.
  }
}
