/** A Gazebo server as a child process: found, started with a world, stopped, and what it said last. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type { Socket } from "node:net";
import { delimiter, join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import { pause } from "./context.ts";
import type { GazeboNetwork } from "./environment.ts";

const LOG_CHARS_MAX = 20_000;
/** Between the polite signal and SIGKILL. */
const STOP_WITHIN_MS = 5000;

export interface GazeboServerOptions {
  readonly clock: Clock;
  /** Program and options; the world's path is put behind them. */
  readonly command: readonly string[];
  /** SDF file, absolute path. */
  readonly worldPath: string;
  readonly partition: string;
  readonly network: GazeboNetwork;
  /** The environment it starts in. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface GazeboServer extends AsyncDisposable {
  readonly pid: number;
  /** How it ended, or null while it runs. */
  readonly ended: string | null;
  /** Resolves when it has ended. */
  readonly exit: Promise<void>;
  /** The last it printed. */
  readonly log: string;
  /** SIGTERM, after five seconds SIGKILL. Never throws. */
  stop(): Promise<void>;
  /** SIGKILL to it and its children, as a crash would. */
  kill(): Promise<void>;
}

/** Commands that start a headless server, running, newest Gazebo first. */
const KNOWN_COMMANDS: readonly (readonly string[])[] = [
  ["gz", "sim", "-s", "-r", "--headless-rendering"],
  ["ign", "gazebo", "-s", "-r", "--headless-rendering"],
];

/** The command of the Gazebo that is on the path, or null. */
export function findGazeboCommand(searchPath: string): readonly string[] | null {
  const isThere = (program: string): boolean =>
    searchPath.split(delimiter).some((folder) => folder !== "" && isExecutable(join(folder, program)));
  return KNOWN_COMMANDS.find(([program]) => isThere(program!)) ?? null;
}

/**
 * Anisotropic filtering in Mesa's software renderer walks over the whole footprint of a pixel in the texture; with a gradient of 2^24, as a debugger found it
 * there (Mesa 22.3.6, Debian 12), that does not end, and the cameras hang. It depends on the posture. What the environment says comes first.
 */
const WITHOUT_ANISOTROPY = "-GL_EXT_texture_filter_anisotropic -GL_ARB_texture_filter_anisotropic";

/** Starts it on the node's partition and network. It is up when it answers, which the caller has to ask. */
export function startGazeboServer(options: GazeboServerOptions): GazeboServer {
  const { command, worldPath, env } = options;
  const [program = "", ...args] = command;
  const child = spawn(program, [...args, worldPath], {
    env: { MESA_EXTENSION_OVERRIDE: WITHOUT_ANISOTROPY, ...env, ...gazeboVariables(options) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // Its own group: wrappers start children that must end with it.
  });
  const bond = dieWithUs(child);
  let log = "";
  let ended: string | null = null;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      log = (log + chunk).slice(-LOG_CHARS_MAX);
    });
  }
  const exit = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      bond?.kill();
      ended = signal ? `ended by ${signal}` : `ended with code ${code}`;
      resolve();
    });
    child.once("error", (error) => {
      ended = `did not start: ${error.message}`;
      resolve();
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    signalGroup(child, signal);
    const gone = new AbortController();
    void exit.then(() => gone.abort());
    await pause(options.clock, STOP_WITHIN_MS, gone.signal);
    if (ended === null) signalGroup(child, "SIGKILL");
    await exit;
  };
  const stop = (): Promise<void> => (ended === null ? end("SIGTERM") : Promise.resolve());
  return {
    pid: child.pid ?? 0,
    exit,
    get ended() {
      return ended;
    },
    get log() {
      return log;
    },
    stop,
    kill: () => (ended === null ? end("SIGKILL") : Promise.resolve()),
    [Symbol.asyncDispose]: stop,
  };
}

/** Waits for its input to end, which it does with us in whatever way we end. $0 is the group. */
const WATCH = `read -r _; kill -s TERM -- "-$0"; sleep ${STOP_WITHIN_MS / 1e3}; kill -s KILL -- "-$0"`;

/** A process beside the server that ends it when we are killed: a server that nobody stops goes on for ever. Null where the server did not start. */
function dieWithUs({ pid }: ChildProcess): ChildProcess | null {
  if (pid === undefined) return null;
  const watch = spawn("sh", ["-c", WATCH, String(pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watch.on("error", () => {}); // No shell there: the server is stopped only when we end in good order.
  watch.unref();
  (watch.stdin as Socket | null)?.unref();
  return watch;
}

/** What to say of a server that ended or never answered: how, and its last words. */
export function serverFailure({ ended, log }: Pick<GazeboServer, "ended" | "log">, command: readonly string[]): AgentError {
  const lastLines = log.trim().split("\n").slice(-5).join(" | ");
  const said = lastLines ? `; it said: ${lastLines}` : "; it said nothing";
  return new AgentError(
    "robot.lost",
    `Gazebo server "${command.join(" ")}" ${ended ?? "does not answer"}${said}; look with "foresight gazebo doctor", then start again`,
  );
}

/** Both spellings, so that every release finds its own; the last keeps Jetty to the wire that this client speaks. */
function gazeboVariables({ partition, network }: GazeboServerOptions): Record<string, string> {
  const values = {
    PARTITION: partition,
    IP: network.hostIp,
    DISCOVERY_MULTICAST_IP: network.multicastGroup,
    DISCOVERY_MSG_PORT: String(network.topicPort),
    DISCOVERY_SRV_PORT: String(network.servicePort),
  };
  const both = Object.entries(values).flatMap(([name, value]) => [
    [`GZ_${name}`, value],
    [`IGN_${name}`, value],
  ]);
  return { ...Object.fromEntries(both), GZ_TRANSPORT_IMPLEMENTATION: "zeromq" };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error; // It was gone already.
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
