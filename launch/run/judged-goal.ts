/** What the end of a run is held against by its world's truth: the one place that its task asks for, where that is known. */
import { poseOf, type Trial, type TrialSpec, type WorldState } from "../../runtime/core/trial.ts";
import { findGoal, leavesOf } from "../../runtime/supervise/check-task.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import type { LaunchConfig } from "../config/schema.ts";

/** Null where the task asks for several places, or for one that only its pictures know. */
export function judgedGoal(
  { task, goals }: Pick<LaunchConfig, "task" | "goals">,
  { object }: Pick<TrialSpec, "object">,
  { goal }: Pick<Trial, "goal">,
): WorldState | null {
  const asked = leavesOf(task, "").map(({ node }) => findGoal(node, { skills, goals }));
  if (asked.every(isOfTrial)) return goal;
  const [only, ...others] = asked;
  if (others.length > 0) return null;
  if (only?.kind === "tool" && object === null) return { ...goal, toolM: only.positionM };
  if (only?.kind === "object" && object !== null) {
    const pose = { ...poseOf(goal.objects, object), positionM: only.positionM };
    return { ...goal, objects: { ...goal.objects, [object]: pose } };
  }
  return null;
}

const isOfTrial = (goal: GoalSpec): boolean => goal.kind === "image" && goal.source === "simulator";
