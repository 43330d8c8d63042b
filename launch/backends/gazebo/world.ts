/** The Gazebo that a launch file means: one that runs already, or one started here with the exported scene. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GazeboNetwork } from "../../../runtime/bridge/gazebo/environment.ts";
import { openGazeboNode } from "../../../runtime/bridge/gazebo/node.ts";
import { findGazeboCommand, serverFailure, startGazeboServer } from "../../../runtime/bridge/gazebo/server-process.ts";
import type { Clock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { replaceFile } from "../../../runtime/core/own-files.ts";
import { exportScene, type SceneExport } from "../../../sim/gazebo/export-scene.ts";
import { WORLD } from "../../../sim/gazebo/names.ts";
import type { Release } from "../../../sim/gazebo/release.ts";

export interface WorldRequest {
  readonly clock: Clock;
  /** Null: one of its own for a server that is started here. */
  readonly partition: string | null;
  readonly network: GazeboNetwork;
  /** Program and options that start a server; null: the one on the path. */
  readonly command: readonly string[] | null;
  /** Whose plugin names the exported world uses; null: by the command's name. */
  readonly release: Release | null;
  readonly scene: Omit<SceneExport, "release">;
  readonly startMsMax: number;
  /** What the person should know. */
  readonly say: (text: string) => void;
}

export interface OpenedWorld extends AsyncDisposable {
  readonly partition: string;
  /** How the server that was started here has ended; null while it runs, or when it is not ours. */
  readonly ended: () => string | null;
}

/** Three heartbeats of a server: who was not heard in that time is not there. */
const LOOK_MS = 3000;
const ASK_AGAIN_MS = 1000;
/** Every Gazebo offers it. */
const WORLDS = "/gazebo/worlds";

/** Resolves when the world answers. Throws AgentError `bridge.timeout` or `robot.lost` with what the server said. */
export async function openWorld(request: WorldRequest): Promise<OpenedWorld> {
  const { partition } = request;
  if (partition === null) return startWorld(request, `foresight-${randomUUID()}`, "none was named (backend.partition)");
  const silence = await silenceOf(request, partition);
  if (silence !== null) return startWorld(request, partition, silence);
  return { partition, ended: () => null, [Symbol.asyncDispose]: async () => {} };
}

/**
 * Why nobody answers in that partition; null when somebody does. Absent and late are two things: where anything at all of the partition is heard, a server
 * is there, and gets as long as one that is started; a second one beside it would command the same arm.
 */
async function silenceOf({ clock, network, startMsMax }: WorldRequest, partition: string): Promise<string | null> {
  await using node = await openGazeboNode({ clock, partition, network });
  const ask = (withinMs: number) => node.request(WORLDS, "Empty", {}, "StringMsg_V", withinMs, { repeatMs: ASK_AGAIN_MS });
  try {
    await ask(LOOK_MS);
    return null;
  } catch (error) {
    if (!(error instanceof AgentError) || error.code !== "bridge.timeout") throw error;
    const isThere = [...node.services(), ...node.topics()].some((offered) => offered.partition === partition);
    if (!isThere) return error.message;
    await ask(startMsMax);
    return null;
  }
}

async function startWorld(request: WorldRequest, partition: string, whyNone: string): Promise<OpenedWorld> {
  const { clock, network, scene, startMsMax } = request;
  const command = request.command ?? findGazeboCommand(process.env["PATH"] ?? "");
  if (!command) {
    const remedy = "install Gazebo, name its command in backend.server.command, or start one and name its backend.partition";
    throw new AgentError("launch.invalid", `Gazebo: ${whyNone}, and neither "gz" nor "ign" is on the path; ${remedy}`);
  }
  if (request.partition !== null)
    request.say(`nobody answers in partition "${partition}", so a server is started there (${command.join(" ")})`);
  const folder = mkdtempSync(join(tmpdir(), "foresight-gazebo-"));
  const release = request.release ?? (command[0]?.split("/").at(-1) === "gz" ? "harmonic" : "fortress");
  for (const [name, text] of await exportScene({ ...scene, release })) replaceFile(join(folder, name), text);
  const server = startGazeboServer({ clock, command, worldPath: join(folder, "world.sdf"), partition, network, env: process.env });
  const dispose = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const node = await openGazeboNode({ clock, partition, network });
  try {
    const died = server.exit.then(() => Promise.reject(serverFailure(server, command)));
    died.catch(() => {}); // It is raced below; later ends are the robot's to notice.
    await Promise.race([
      node.request(`/world/${WORLD}/control`, "WorldControl", { pause: true }, "Boolean", startMsMax, { repeatMs: ASK_AGAIN_MS }),
      died,
    ]);
    return { partition, ended: () => server.ended, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    const failure = server.ended === null ? error : serverFailure(server, command);
    await dispose();
    throw failure;
  } finally {
    await node.close();
  }
}
