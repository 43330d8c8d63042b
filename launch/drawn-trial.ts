/** The trial that a seed stands for in a launch file's world, which may differ from seed to seed, and how it is judged there. */
import { drawTrial } from "../runtime/assemble/draw-trial.ts";
import { AgentError } from "../runtime/core/errors.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import type { Trial, TrialSpec } from "../runtime/core/trial.ts";
import type { Kinematics } from "../runtime/kinematics/kinematics.ts";
import { variedBodies } from "../sim/vary/vary.ts";
import { backendOf } from "./backends/registry.ts";
import type { LaunchConfig } from "./config/schema.ts";
import { sceneOf, trialSpecIn } from "./task-facts.ts";

export interface DrawnTrial {
  readonly trial: Trial;
  readonly spec: TrialSpec;
  /** What is in it; how that looks is the world's affair. */
  readonly scene: SceneSpec;
}

interface Arm {
  readonly robot: RobotSpec;
  readonly kinematics: Pick<Kinematics, "inverse">;
}

/** Throws AgentErrors `launch.invalid` for a task without trials, `goal.unreachable`. */
export function drawnTrial(config: LaunchConfig, seed: number, arm: Arm): DrawnTrial {
  const { vary } = backendOf(config).facts.world ?? {};
  const scene = vary ? variedBodies(sceneOf(config), vary, seed) : sceneOf(config);
  const spec = trialSpecIn(config, scene);
  if (!spec)
    throw new AgentError("launch.invalid", "task: names no skill that trials are drawn for; name one that has trials, such as push");
  return { trial: drawTrial(spec, seed, { ...arm, scene }), spec, scene };
}
