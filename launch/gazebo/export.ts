/** The scene of a launch file as the files of a Gazebo world. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exportScene, type SceneExport } from "../../sim/gazebo/export-scene.ts";
import type { Controller, Release } from "../../sim/gazebo/release.ts";
import { defaultScene } from "../../sim/scene.ts";
import { robotOf } from "../compose.ts";
import { loadLaunch } from "../load.ts";
import type { LaunchConfig } from "../schema.ts";

/** How an exported world may differ beside what the launch file says. */
export interface ExportFlags {
  readonly for: Release;
  readonly controller: Controller;
}

const CAMERA_RATE_HZ = 20;

/** What a launch file says of robot, scene and cameras; its backend may be any. Throws AgentError `launch.invalid`. */
export async function sceneExportOf(config: LaunchConfig, { for: release, controller }: ExportFlags): Promise<SceneExport> {
  const { backend, cameras } = config;
  return {
    robot: await robotOf(config),
    scene: { ...defaultScene, ...("scene" in backend ? backend.scene : {}) },
    cameras,
    cameraRateHz: "cameraRateHz" in backend ? backend.cameraRateHz : CAMERA_RATE_HZ,
    release,
    controller,
    realTimeFactor: "mode" in backend && backend.mode === "lockstep" ? 0 : 1,
  };
}

/** Writes the files into a folder, which is made where it is missing; returns their paths. */
export async function exportLaunch(
  launch: string,
  overrides: readonly string[],
  { out, ...flags }: ExportFlags & { readonly out: string },
): Promise<readonly string[]> {
  const files = await exportScene(await sceneExportOf(loadLaunch(launch, overrides), flags));
  return [...files].map(([name, text]) => {
    const path = join(out, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
}
