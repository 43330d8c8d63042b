/** A real headless Gazebo for tests: found once, started per test file on a partition of its own; where there is none, the reason to skip. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { LOOPBACK_NETWORK } from "../../runtime/bridge/gazebo/environment.ts";
import { type GazeboNode, openGazeboNode } from "../../runtime/bridge/gazebo/node.ts";
import { type GazeboServer, serverFailure, startGazeboServer } from "../../runtime/bridge/gazebo/server-process.ts";
import { SystemClock } from "../../runtime/core/clock.ts";

export const clock = new SystemClock();
const STARTED_WITHIN_MS = 60_000;

/** The command that starts a server, or why there is none. */
export const gazebo: { readonly command: string; readonly skip: false } | { readonly command: null; readonly skip: string } = find();

function find(): typeof gazebo {
  const setup = fileURLToPath(new URL("setup.sh", import.meta.url));
  const { status, stdout, stderr } = spawnSync("bash", [setup], { encoding: "utf8" });
  if (status === 0) return { command: stdout.trim(), skip: false };
  return { command: null, skip: stderr.trim().split("\n").at(-1) ?? "test/gazebo/setup.sh failed" };
}

export interface RealServer extends AsyncDisposable {
  readonly partition: string;
  readonly server: GazeboServer;
  /** A node that has heard the server. */
  readonly node: GazeboNode;
}

export interface WorldFile {
  readonly path: string;
  /** Name of the world in it. */
  readonly name: string;
}
export const interopWorld: WorldFile = { path: fileURLToPath(new URL("interop.sdf", import.meta.url)), name: "interop" };

/** Resolves when the server answers; it runs, or waits paused. */
export async function startWorld(world: WorldFile, options: { paused?: boolean; partition?: string } = {}): Promise<RealServer> {
  const partition = options.partition ?? `test-${randomUUID()}`;
  const command = [gazebo.command!, ...(options.paused ? [] : ["-r"]), "-v", "1"];
  const common = { clock, partition, network: LOOPBACK_NETWORK };
  const server = startGazeboServer({ ...common, command, worldPath: world.path, env: process.env });
  const node = await openGazeboNode(common);
  try {
    const answered = node.request("/gazebo/worlds", "Empty", {}, "StringMsg_V", STARTED_WITHIN_MS, { repeatMs: 1000 });
    await Promise.race([answered, server.exit.then(() => Promise.reject(serverFailure(server, command)))]);
  } catch (error) {
    const failure = server.ended === null ? error : serverFailure(server, command);
    await node.close();
    await server.stop();
    throw failure;
  }
  const close = async (): Promise<void> => {
    await node.close();
    await server.stop();
  };
  return { partition, server, node, [Symbol.asyncDispose]: close };
}

/** Resolves with the first value that `subscribe` hands over and that fits, within 20 s. */
export function firstOf<T>(what: string, fits: (value: T) => boolean, subscribe: (hear: (value: T) => void) => Disposable): Promise<T> {
  const ended = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const subscription = subscribe((value) => {
      if (!fits(value)) return;
      ended.abort();
      subscription[Symbol.dispose]();
      resolve(value);
    });
    clock.sleep(20_000, ended.signal).then(
      () => {
        subscription[Symbol.dispose]();
        reject(new Error(`${what}: not within 20 s`));
      },
      () => {},
    );
  });
}

/** Values at these shares of a sample, such as 0.5 and 0.99. */
export function quantiles(values: readonly number[], shares: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
}
