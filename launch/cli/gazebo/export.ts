/** The scene of a launch file as the files of a Gazebo world. */
import { join } from "node:path";
import { AgentError } from "../../../runtime/core/errors.ts";
import { exportRosScene } from "../../../sim/gazebo/export-ros.ts";
import { exportScene, type SceneExport } from "../../../sim/gazebo/export-scene.ts";
import type { Controller, Release } from "../../../sim/gazebo/release.ts";
import { rosNamesOf } from "../../backends/ros2/names.ts";
import { robotOf } from "../../compose.ts";
import { loadLaunch } from "../../config/load.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { sceneOf } from "../../task-facts.ts";
import { writeUserFile } from "../../user-files.ts";

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
    scene: sceneOf(config),
    cameras,
    cameraRateHz: "cameraRateHz" in backend ? backend.cameraRateHz : CAMERA_RATE_HZ,
    release,
    controller,
    realTimeFactor: "mode" in backend && backend.mode === "lockstep" ? 0 : 1,
  };
}

/** Text of each file by name; behind ROS 2 with the names that the launch file uses, where its backend is ros2. Throws AgentError `launch.invalid`. */
export async function exportFiles(config: LaunchConfig, flags: ExportFlags): Promise<ReadonlyMap<string, string>> {
  const scene = await sceneExportOf(config, flags);
  if (flags.controller !== "ros2_control") return exportScene(scene);
  if (flags.for !== "harmonic") {
    throw new AgentError("launch.invalid", `--controller ros2_control is written for harmonic, not for ${flags.for}; use --for harmonic`);
  }
  return exportRosScene(scene, rosNamesOf(config));
}

/** Writes the files into a folder, which is made where it is missing; returns their paths. */
export async function exportLaunch(
  launch: string,
  overrides: readonly string[],
  { out, ...flags }: ExportFlags & { readonly out: string },
): Promise<readonly string[]> {
  const files = await exportFiles(loadLaunch(launch, overrides), flags);
  return [...files].map(([name, text]) => {
    const path = join(out, name);
    writeUserFile(path, text);
    return path;
  });
}
