/** A launch file's scene as the files of a Gazebo world: compiled by MuJoCo, then written out. */
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { type CompiledModel, readCompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { loadMujoco } from "../../runtime/kinematics/mujoco.ts";
import { sceneXml } from "../scene.ts";
import { robotSdf, worldSdf } from "./export-world.ts";
import type { Controller, Release } from "./release.ts";
import { toXml } from "./xml.ts";

export interface SceneExport {
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  readonly cameraRateHz: number;
  readonly release: Release;
  readonly controller: Controller;
  /** 1: real time; 0: as fast as it can. */
  readonly realTimeFactor: number;
}

/** Half of the embedded simulator's: DART's contacts are explicit where MuJoCo's are not (figures: test/gazebo/README.md). */
export const GAZEBO_STEP_S = 0.002;

/** Text of each file by name, relative to the output folder; the same scene gives the same bytes. Throws AgentError `launch.invalid`. */
export async function exportScene(options: SceneExport): Promise<ReadonlyMap<string, string>> {
  const { robot, release } = options;
  const world = { ...options, spec: robot, compiled: await compileScene(options), physicsStepS: GAZEBO_STEP_S };
  return new Map([
    ["world.sdf", toXml(worldSdf(world), writtenFor(`Gazebo ${release}`, `The scene of robot "${robot.name}"`))],
    ["robot.sdf", toXml(robotSdf(world), writtenFor(`Gazebo ${release}`, `Robot "${robot.name}"`))],
  ]);
}

/** What a file says of itself. */
export const writtenFor = (reader: string, what: string): string =>
  `${what} for ${reader}, written by "foresight gazebo export"; change the launch file or the robot's model, not this.`;

/** The scene as MuJoCo simulates it. */
export async function compileScene({ robot, scene }: Pick<SceneExport, "robot" | "scene">): Promise<CompiledModel> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(sceneXml(robot, scene));
  try {
    return readCompiledModel(mujoco, model);
  } finally {
    model.delete();
  }
}
