/** What the Python peer is told of the robot, its scene and its cameras: plain data, with the model as MJCF text. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { defaultScene, type SceneSpec } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { sceneXml } from "../../sim/scene.ts";

/** `ours`: the embedded simulator's camera. `mujoco`: MuJoCo's own OpenGL renderer. Each in a process that is fed with the poses. */
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

/** Whether the peer of this robot moves a hand as well; the others are arms alone. */
export const hasHand = ({ name }: { readonly name: string }): boolean => Object.hasOwn(GRIPPERS, name);
const CAMERA_RATE_HZ = 20;
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const PROGRAMS: Readonly<Record<RendererName, readonly string[]>> = {
  ours: [process.execPath, "--import", "tsx", fileOf("draw.ts")],
  mujoco: ["python3", fileOf("peer/draw.py")],
};

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
    gripper: GRIPPERS[robot.name] ? { ...GRIPPERS[robot.name], fingers: robot.gripper?.fingers.map(({ joint }) => joint) ?? [] } : null,
    cameras,
    cameraRateHz: more.cameraRateHz ?? CAMERA_RATE_HZ,
    draw: [...PROGRAMS[renderer], drawn],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
