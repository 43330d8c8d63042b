/** One commander a robot on this computer: whoever holds its lock may command it, until its process ends, however it ends. */
import { createHash } from "node:crypto";
import { unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";

const HELLO_MAX = 200;
const LOOK_MS = 100;
const HELLO_MS_MAX = 500;

export interface LockOptions {
  readonly clock: Clock;
  /** For a holder to end: one whose agent was lost brings the arm to rest first. Default 5000. */
  readonly waitMs?: number;
  /** Where locks are, or after what they are named; default the system's folder for what is temporary. */
  readonly folder?: string;
}

/** `robot` names the arm as its commanders reach it. Throws AgentError `robot.rejected`, naming the process that holds it. */
export async function lockRobot(robot: string, { clock, waitMs = 5000, folder = tmpdir() }: LockOptions): Promise<AsyncDisposable> {
  const path = placeOf(robot, folder);
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const server = await listen(path);
    if (server) return { [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())) };
    const holder = await holderOf(path, clock);
    if (waitedMs > waitMs) throw heldBy(robot, path, holder);
    if (holder === null)
      await unlink(path).catch(() => {}); // Of a process that was killed, where a socket is a file: one that nobody listens to.
    else await clock.sleep(LOOK_MS);
  }
}

/** On Linux and Windows a name that is gone with its process, however that ends; elsewhere a file. */
function placeOf(robot: string, folder: string): string {
  const name = `foresight-${createHash("sha256").update(`${folder}\n${robot}`).digest("hex").slice(0, 24)}`;
  if (process.platform === "linux") return `\0${name}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(folder, `${name}.lock`);
}

const heldBy = (robot: string, path: string, holder: string | null): AgentError =>
  new AgentError(
    "robot.rejected",
    holder === null
      ? `robot "${robot}": its lock ${path.replace("\0", "@")} can neither be taken nor removed; look whether this process may open sockets there`
      : `robot "${robot}": ${holder} commands it already; end that first, two would take turns with the arm`,
  );

/** Null where something is in that place. */
function listen(path: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on("error", () => {}).end(`process ${process.pid}`));
    server.once("error", () => resolve(null));
    server.listen(path, () => resolve(server.unref()));
  });
}

/** Who listens there, in words; null for nobody. One that says nothing holds it all the same: it may be suspended. */
function holderOf(path: string, clock: Clock): Promise<string | null> {
  return new Promise((resolve) => {
    let said = "";
    const over = new AbortController();
    const socket = connect(path);
    clock.sleep(HELLO_MS_MAX, over.signal).then(
      () => socket.destroy(),
      () => {}, // It was heard, or is not there.
    );
    socket.on("data", (data) => {
      said = (said + data).slice(0, HELLO_MAX);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "EACCES" ? "a process of another user" : null));
    socket.once("close", () => {
      over.abort();
      resolve(said || "a process that does not answer (suspended?)");
    });
  });
}
