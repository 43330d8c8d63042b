/** What the Python peer is told of the robot, its scene and its cameras: plain data, with the model as MJCF text. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CameraSpec, RobotSpec } from "../../runtime/core/types.ts";
import { defaultScene, type SceneSpec, sceneXml } from "../../sim/scene.ts";

/** `ours`: the embedded simulator's camera, in a Node process that is fed with the poses. `mujoco`: MuJoCo's own OpenGL renderer. */
export type RendererName = "ours" | "mujoco";

export interface PeerWorld {
  readonly robot: RobotSpec;
  readonly scene?: SceneSpec;
  readonly cameras?: readonly CameraSpec[];
  readonly cameraRateHz?: number;
  readonly renderer?: RendererName;
  /** What ROS calls the joints, in the order of the spec; the spec's names by default. */
  readonly rosNames?: readonly string[];
}

/** The actuator of a hand, and how its length goes with the opening between the fingers; of the robots that have one. */
const GRIPPERS: Readonly<Record<string, object>> = {
  panda: { actuator: "gripper", scale: 2, openM: 0.08 },
};
const CAMERA_RATE_HZ = 20;
const drawing = fileURLToPath(new URL("draw.ts", import.meta.url));

/** Writes it to a file of its own; the path. */
export function writePeerConfig({ robot, scene = defaultScene, cameras = [], renderer = "ours", ...more }: PeerWorld): string {
  const folder = mkdtempSync(join(tmpdir(), "foresight-peer-"));
  const path = join(folder, "peer.json");
  const mjcf = sceneXml(robot, scene);
  const drawn = join(folder, "drawing.json");
  writeFileSync(drawn, JSON.stringify({ mjcf, cameras }));
  const config = {
    mjcf,
    joints: robot.joints.map(({ name }) => name),
    rosNames: more.rosNames ?? null,
    homeRad: robot.homeRad,
    gripper: GRIPPERS[robot.name] ?? null,
    cameras,
    cameraRateHz: more.cameraRateHz ?? CAMERA_RATE_HZ,
    renderer: renderer === "ours" ? { kind: "pipe", command: [process.execPath, "--import", "tsx", drawing, drawn] } : { kind: "mujoco" },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
