/** A simulated world that outlives its agents, as a real one does: one keeper after the other drives the arm in it, over a socket of this machine. */
import { createServer, type Socket } from "node:net";
import type { Driver } from "../runtime/act/driver.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { removeSocket } from "../runtime/core/own-files.ts";
import { type FromServedWorld, receiveOn, sendOn, type ToServedWorld } from "./world-link.ts";

/** Bytes under way to a keeper that does not read; what comes meanwhile is left out. */
const BACKLOG_BYTES_MAX = 1024 * 1024;

export interface ServedWorld extends AsyncDisposable {
  /** Whether a keeper has the arm now. */
  readonly isDriven: boolean;
}

/** Resolves when keepers can connect. The driver stays the caller's. Throws the system's error when the socket cannot be made. */
export async function serveWorld(driver: Driver, socketPath: string): Promise<ServedWorld> {
  const waiting: Socket[] = [];
  let driving: Socket | null = null;
  const next = (): void => {
    driving = waiting.shift() ?? null;
    if (driving) lend(driver, driving);
  };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy()); // A killed keeper resets its connection; `close` follows.
    socket.once("close", () => {
      if (driving === socket) next();
      else waiting.splice(waiting.indexOf(socket), 1);
    });
    waiting.push(socket);
    if (driving === null) next();
  });
  removeSocket(socketPath); // Of a world that was killed.
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    get isDriven() {
      return driving !== null;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of [...waiting, ...(driving ? [driving] : [])]) socket.destroy();
      await closed;
    },
  };
}

/** The arm is this keeper's until it is gone; then it stays where it was told to be last. */
function lend(driver: Driver, socket: Socket): void {
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  const tell = (message: FromServedWorld): void => {
    if (!socket.destroyed) sendOn(socket, message);
  };
  tell({ kind: "yours", placements: driver.placements ?? [] });
  driver.samples(gone.signal).subscribe({
    next: (sample) => {
      if (socket.writableLength < BACKLOG_BYTES_MAX) tell({ kind: "sample", sample });
    },
    error: () => socket.destroy(),
  });
  receiveOn<ToServedWorld>(socket, (message) => {
    if (message.kind === "command")
      driver.command({ ...message, accelerationRadPerS2: new Float64Array(message.positionRad.length) }, message.stampNs);
    else void answer(driver, message, tell);
  });
}

async function answer(
  driver: Driver,
  { kind, request, name, payload }: Exclude<ToServedWorld, { kind: "command" }>,
  tell: (message: FromServedWorld) => void,
): Promise<void> {
  try {
    tell({ kind: "reply", request, value: await driver[kind]?.(name, payload) });
  } catch (error) {
    const { code, message } = error instanceof AgentError ? error : { code: "robot.lost", message: String(error) };
    tell({ kind: "refusal", request, code, message });
  }
}
