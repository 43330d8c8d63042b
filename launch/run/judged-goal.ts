/** Where a goal has the world, where its truth is known: what a run is held against at its end, and what a model is told that is shown no pictures. */
import { type Posture, poseOf, type Trial, type TrialSpec, type WorldState } from "../../runtime/core/trial.ts";
import { findGoal, leavesOf } from "../../runtime/supervise/check-task.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import type { LaunchConfig } from "../config/schema.ts";

/** Null where the task asks for several places, or for one that only its pictures know. */
export function judgedGoal(
  { task, goals }: Pick<LaunchConfig, "task" | "goals">,
  spec: Pick<TrialSpec, "object">,
  trial: Pick<Trial, "goal">,
): WorldState | null {
  const asked = leavesOf(task, "").map(({ node }) => findGoal(node, { skills, goals }));
  if (asked.every(isOfTrial)) return trial.goal;
  const [only, ...others] = asked;
  return only && others.length === 0 ? goalState(only, spec, trial) : null;
}

/** The trial's own, or with its tool where the goal says, or its object there on the table; null where only pictures know. */
export function goalState(
  asked: GoalSpec,
  { object }: Pick<TrialSpec, "object">,
  { goal }: Pick<Trial, "goal">,
): (Posture & WorldState) | null {
  if (isOfTrial(asked)) return goal;
  if (asked.kind === "tool" && object === null) return { ...goal, toolM: asked.positionM };
  if (asked.kind === "object" && object !== null) {
    const pose = poseOf(goal.objects, object);
    const [x, y] = asked.positionM;
    return { ...goal, objects: { ...goal.objects, [object]: { ...pose, positionM: [x, y, pose.positionM[2]] } } };
  }
  return null;
}

const isOfTrial = (goal: GoalSpec): boolean => goal.kind === "image" && goal.source === "simulator";
