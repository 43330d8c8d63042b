/** A real headless Gazebo for tests: found once, started per test file on a partition of its own; where there is none, the reason to skip. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LOOPBACK_NETWORK } from "../../runtime/bridge/gazebo/environment.ts";
import { type GazeboNode, openGazeboNode } from "../../runtime/bridge/gazebo/node.ts";
import { type GazeboServer, serverFailure, startGazeboServer } from "../../runtime/bridge/gazebo/server-process.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { type FoundGazebo, findGazebo } from "./find-gazebo.ts";

export const clock = new SystemClock();
const STARTED_WITHIN_MS = 60_000;

/** The server's command, release and version, or why there is none. */
export const gazebo = findGazebo(process.env);
console.log(gazebo.skip === false ? `Gazebo: ${gazebo.version} (${gazebo.command.join(" ")})` : `no Gazebo: ${gazebo.skip}`);

/** Of the Gazebo that was found; a bug where there is none, since its tests skip. */
export function theGazebo(): FoundGazebo {
  if (gazebo.skip !== false) throw new Error(`internal: a test of Gazebo runs without one: ${gazebo.skip}`);
  return gazebo;
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

/** The world of the interop tests, which is written with Fortress's names, for the Gazebo that was found. */
export function interopWorld(): WorldFile {
  const path = fileURLToPath(new URL("interop.sdf", import.meta.url));
  if (theGazebo().release === "fortress") return { path, name: "interop" };
  const renamed = readFileSync(path, "utf8")
    .replaceAll(/ignition-gazebo-([a-z-]+)-system/g, "gz-sim-$1-system")
    .replaceAll("ignition::gazebo::", "gz::sim::")
    .replaceAll("<render_engine>ogre<", "<render_engine>ogre2<");
  const written = join(mkdtempSync(join(tmpdir(), "foresight-interop-")), "interop.sdf");
  writeFileSync(written, renamed);
  return { path: written, name: "interop" };
}

/** Resolves when the server answers; it runs, or waits paused. */
export async function startWorld(world: WorldFile, options: { paused?: boolean; partition?: string } = {}): Promise<RealServer> {
  const partition = options.partition ?? `test-${randomUUID()}`;
  const command = [...theGazebo().command, ...(options.paused ? [] : ["-r"]), "-v", "1"];
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
