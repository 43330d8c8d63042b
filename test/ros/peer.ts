/** Starts the Python side of a test and speaks with it; says why the tests of this folder are skipped where there is no ROS. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SystemClock } from "../../runtime/core/clock.ts";
import { type PeerWorld, writePeerConfig } from "./peer-config.ts";

const root = process.env["FORESIGHT_ROS_ROOT"] ?? join(homedir(), ".cache/foresight/ros");

/** False where ROS is sourced, else why the test is skipped. */
export const rosSkip: string | false = process.env["ROS_DISTRO"]
  ? false
  : existsSync(join(root, "env.sh"))
    ? `skipped: ROS 2 is not sourced; run it by \`node test/run.mjs ros\`, or after \`. ${join(root, "env.sh")}\``
    : "skipped: there is no ROS 2 here; run test/ros/setup (needs Python 3.10 to 3.13 with venv and headers, g++, make), or source yours and `npm run ros:build`";

/** A domain of its own for every test process, so that tests at the same time do not hear each other. */
export const domainId = 10 + (process.pid % 190);

export interface Told {
  readonly what: string;
  /** When, on the machine's monotonic clock (ours too), nanoseconds as decimal digits. */
  readonly atNs: string;
  readonly [more: string]: unknown;
}

export interface Peer extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly told: readonly Told[];
  /** Resolves with the first thing of this kind told after now. */
  next(what: string): Promise<Told>;
  /** Changes a knob and waits until it is changed. */
  order(order: object): Promise<void>;
  /** Asks for something that is told: its state, how it came to rest. */
  ask(what: "state" | "rest" | "now" | "sent" | "publishers", about?: unknown): Promise<Told>;
}

export const clock = new SystemClock();
const WAIT_MS_MAX = 30_000;
/** As long as a busy machine may take to load Python, ROS and MuJoCo, and to draw the first picture. */
const START_MS_MAX = 180_000;

/** Starts the peer of a world with the sourced ROS's Python; resolves when it is ready and its cameras send pictures. */
export async function startPeer(world: PeerWorld, args: readonly string[] = []): Promise<Peer> {
  const peer = await startPython("peer", [writePeerConfig(world), ...args]);
  const draws = (): boolean => peer.told.some(({ what }) => what === "cameras");
  if (world.cameras?.length) await until(draws, "the peer's cameras sending pictures", START_MS_MAX);
  return peer;
}

/** Starts a Python program of this folder that speaks lines of JSON; resolves when it has said that it is ready. */
export async function startPython(program: string, args: readonly string[]): Promise<Peer> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn("python3", [path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { MUJOCO_GL: "egl", ...process.env, ROS_DOMAIN_ID: String(domainId) },
  });
  const told: Told[] = [];
  const waiting: { readonly what: string; readonly resolve: (told: Told) => void; readonly reject: (error: Error) => void }[] = [];
  const refuse = (why: string): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${program}: ${why}`));
  };
  child.once("exit", (code, signal) => refuse(`ended with ${code ?? signal}`));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line) as Told; // Nothing else can be there: see peer/lines.py.
    told.push(message);
    if (message.what === "disobeyed") refuse(String(message["error"]));
    for (const [index, { what, resolve }] of [...waiting.entries()].reverse()) {
      if (what !== message.what) continue;
      waiting.splice(index, 1);
      resolve(message);
    }
  });
  const next = (what: string, waitMsMax = WAIT_MS_MAX): Promise<Told> =>
    within(new Promise((resolve, reject) => waiting.push({ what, resolve, reject })), `${program} telling "${what}"`, waitMsMax);
  const peer: Peer = {
    process: child,
    told,
    next,
    async order(order) {
      const obeyed = next("obeyed");
      child.stdin.write(`${JSON.stringify(order)}\n`);
      await obeyed;
    },
    async ask(what, about = null) {
      const answered = next(what);
      await peer.order({ [what]: about });
      return await answered;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
  await next("ready", START_MS_MAX);
  return peer;
}

/** The promise, or an error that says what did not happen in time. */
export async function within<T>(promise: Promise<T>, what: string, waitMsMax = WAIT_MS_MAX): Promise<T> {
  const waiting = new AbortController();
  const late = clock.sleep(waitMsMax, waiting.signal).then(() => {
    throw new Error(`did not happen within ${waitMsMax} ms: ${what}`);
  });
  late.catch(() => {}); // Aborted below.
  try {
    return await Promise.race([promise, late]);
  } finally {
    waiting.abort();
  }
}

/** Looks every 10 ms until it holds; `what` may say in the end what was there instead. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
  waitMsMax = WAIT_MS_MAX,
): Promise<void> {
  const deadlineNs = clock.nowNs() + BigInt(waitMsMax) * 1_000_000n;
  while (!(await holds())) {
    if (clock.nowNs() > deadlineNs) throw new Error(`did not happen within ${waitMsMax} ms: ${typeof what === "string" ? what : what()}`);
    await clock.sleep(10);
  }
}
