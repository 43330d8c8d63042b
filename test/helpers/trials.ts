/** Trials of the shipped skills, drawn for an arm as a run draws them. */
import { pandaSpec } from "../../robots/panda/spec.ts";
import { drawTrial } from "../../runtime/assemble/draw-trial.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import type { Trial } from "../../runtime/core/trial.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { trials } from "../../skills/index.ts";

export async function trialFor(skill: "push" | "reach", seed: number, robot: RobotSpec = pandaSpec): Promise<Trial> {
  using kinematics = await createKinematics(robot);
  return drawTrial(trials[skill]!(defaultScene), seed, { robot, scene: defaultScene, kinematics });
}
