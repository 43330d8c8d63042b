/** From the goal of a task to the goal of a skill: pictures read and checked, places inside the workspace. */
import { checkGoalFrames } from "../../runtime/assemble/brain.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";
import type { Frame, Observation } from "../../runtime/core/sensing.ts";
import type { Goal } from "../../runtime/core/skill.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { misplaced } from "../../runtime/supervise/goal-place.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { writtenGoals } from "../config/tree-path.ts";
import { readGoalFrames } from "../goal-files.ts";

export interface GoalContext {
  readonly model: ModelPackage;
  readonly workspace: LaunchConfig["guards"]["workspace"];
  /** Pictures that the world, a recording or an operator gave. */
  readonly given: readonly Frame[];
  readonly observation: Observation | null;
  readonly toolAt: (positionRad: Float64Array) => Vec3;
}

/** Throws AgentErrors `goal.mismatch` and `goal.unreachable`, and `sense.stale` for a place that nobody has sensed yet. */
export async function goalOf(spec: GoalSpec, { model, workspace, given, observation, toolAt }: GoalContext): Promise<Goal> {
  switch (spec.kind) {
    case "image": {
      const fits = (frames: readonly Frame[]): void => checkGoalFrames(model, frames);
      const frames = spec.source === "files" ? await readGoalFrames(spec.files, fits) : given;
      fits(frames);
      return { kind: "image", frames };
    }
    case "tool":
    case "object":
      checkReachable(spec, workspace);
      return spec;
    case "here":
      if (!observation) throw new AgentError("sense.stale", 'goal "here": nothing was sensed yet; wait for the first observation');
      return { kind: "tool", positionM: toolAt(observation.joints.positionRad) };
  }
}

/** Before anything moves: every picture of a goal that a launch file names. Throws AgentError `goal.mismatch`. */
export async function checkGoalFiles(config: Pick<LaunchConfig, "task" | "urgent" | "goals">, model: ModelPackage): Promise<void> {
  for (const { goal } of writtenGoals(config)) {
    if (goal.kind !== "image" || goal.source !== "files") continue;
    const fits = (frames: readonly Frame[]): void => checkGoalFrames(model, frames);
    await readGoalFrames(goal.files, fits);
  }
}

function checkReachable(goal: GoalSpec, workspace: GoalContext["workspace"]): void {
  const problem = misplaced(goal, workspace);
  if (problem) throw new AgentError("goal.unreachable", `goal: ${problem}`);
}
