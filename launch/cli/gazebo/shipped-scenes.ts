/** The committed Gazebo files of every shipped robot: `npm run gazebo:export` writes them, a test says when they are stale. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { robots } from "../../../robots/index.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { exportScene, type SceneExport } from "../../../sim/gazebo/export-scene.ts";
import { RELEASES, type Release } from "../../../sim/gazebo/release.ts";
import { loadLaunch } from "../../config/load.ts";
import { writeUserFile } from "../../user-files.ts";
import { exportFiles, sceneExportOf } from "./export.ts";

export const SHIPPED_FOLDER = "sim/gazebo/worlds";
/** Behind ROS 2: the arm whose launch file takes the names of ros2_control. */
export const ROS_FOLDER = "sim/gazebo/ros/panda";
export const ROS_LAUNCH = "launch/panda-ros2.launch.yaml";
const CAMERA_RATE_HZ = 20;

/** Text by path from the project's root: every robot of the registry, for every release, and one behind ROS 2. */
export async function shippedScenes(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const robot of Object.keys(robots) as (keyof typeof robots)[]) {
    for (const release of RELEASES) {
      for (const [name, text] of await exportScene(await shippedScene(robot, release))) {
        files.set(`${SHIPPED_FOLDER}/${robot}/${release}/${name}`, text);
      }
    }
  }
  for (const [name, text] of await exportFiles(loadLaunch(join(packageRoot, ROS_LAUNCH)), {
    for: "harmonic",
    controller: "ros2_control",
  })) {
    files.set(`${ROS_FOLDER}/${name}`, text);
  }
  return files;
}

/** As the robot's push launch file has it; without cameras where there is none. */
export async function shippedScene(robot: keyof typeof robots, release: Release): Promise<SceneExport> {
  const launch = join(packageRoot, `launch/${robot}-push.launch.yaml`);
  const flags = { for: release, controller: "trajectory" } as const;
  if (existsSync(launch)) return sceneExportOf(loadLaunch(launch, ["backend:=gazebo"]), flags);
  const bare = { cameras: [], cameraRateHz: CAMERA_RATE_HZ, realTimeFactor: 1 };
  return { robot: await robots[robot](), scene: defaultScene, release, controller: flags.controller, ...bare };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [name, text] of await shippedScenes()) {
    writeUserFile(join(packageRoot, name), text);
    console.log(name);
  }
}
