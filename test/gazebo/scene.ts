/** The scene of a shipped launch file in a real server, and arms opened in it as `foresight run` opens them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sceneExportOf } from "../../launch/cli/gazebo/export.ts";
import { openRobot, robotOf } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { cameraElement } from "../../sim/gazebo/cameras.ts";
import { exportScene } from "../../sim/gazebo/export-scene.ts";
import { topicOf, WORLD } from "../../sim/gazebo/names.ts";
import { toXml } from "../../sim/gazebo/xml.ts";
import { type RealServer, startWorld, theGazebo } from "./real-server.ts";

export type Mode = "lockstep" | "realtime";

export const PERIOD_S = 0.2;
const LAUNCH = "launch/panda-push.launch.yaml";

export interface SceneOptions {
  readonly mode: Mode;
  readonly partition?: string;
  /** The world before it is written: a plugin or a joint taken out, another pace. */
  readonly edit?: (sdf: string) => string;
}

/** A server with the exported scene. It waits paused. */
export async function startScene({ mode, partition, edit = (sdf) => sdf }: SceneOptions): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "foresight-gazebo-"));
  try {
    const config = loadLaunch(LAUNCH, ["backend:=gazebo", `backend.mode:=${mode}`]);
    const files = await exportScene(await sceneExportOf(config, { for: theGazebo().release, controller: "trajectory" }));
    const path = join(folder, "world.sdf");
    writeFileSync(path, edit(files.get("world.sdf")!));
    return await startWorld({ path, name: WORLD }, { paused: true, ...(partition === undefined ? {} : { partition }) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The launch file's arm in the Gazebo of that partition; in realtime with a keeper process of its own. */
export async function openArm(mode: Mode, partition: string, overrides: readonly string[] = []): Promise<OpenedRobot> {
  const changes = ["backend:=gazebo", `backend.mode:=${mode}`, `backend.partition:=${partition}`, ...overrides];
  const config = loadLaunch(LAUNCH, changes);
  return openRobot(config, await robotOf(config), { periodS: PERIOD_S, effectMs: 40 });
}

/** An edit for `startScene`: one more camera, which the launch file knows nothing of. */
export function withCamera(camera: CameraSpec, rateHz: number): (sdf: string) => string {
  const link = toXml({ link: cameraElement(camera, rateHz, topicOf.image(camera.name)) }, "").replace(
    /<\?xml[^>]*\?>|<!--[\s\S]*?-->/g,
    "",
  );
  return (sdf) => sdf.replace("</world>", `<model name="photographer"><static>true</static>${link}</model></world>`);
}

/** Edits for `startScene`. Throws when there is nothing to take out: the test would show nothing. */
export function without(pattern: RegExp): (sdf: string) => string {
  return (sdf) => {
    const edited = sdf.replace(pattern, "");
    if (edited === sdf) throw new Error(`the exported world has nothing like ${pattern}`);
    return edited;
  };
}
