/** Does a task fit the skills and goals there are? Asked when a launch file is checked and again before a supervisor is made. */
import { AgentError } from "../core/errors.ts";
import type { Goal, Skill, SuccessSpec } from "../core/skill.ts";
import { checkSuccess } from "./progress.ts";
import { childrenOf, type GoalSpec, type LookingNode, measureTree, skillNameOf, type TaskNode } from "./task-tree.ts";

/** What the leaves of a task may name. */
export interface Known {
  readonly skills: Readonly<Record<string, Skill>>;
  /** The launch file's named goals. */
  readonly goals?: Readonly<Record<string, GoalSpec>> | undefined;
}

/** Something wrong with the leaf at `path` of the tree; `key` is the part of the leaf that is wrong. */
export interface TaskProblem {
  readonly path: string;
  readonly key: "skill" | "condition" | "goal";
  readonly problem: string;
}

/** The kind of goal a skill sees: "here" becomes a tool goal when the skill begins. */
export const goalKindOf = (goal: GoalSpec): Goal["kind"] => (goal.kind === "here" ? "tool" : goal.kind);

/** Every problem of a tree, none when it fits. One arm can do one skill at a time. */
export function taskProblems(tree: TaskNode, known: Known): readonly TaskProblem[] {
  const { concurrent } = measureTree(tree);
  const problems = leavesOf(tree, "").flatMap(({ node, path }) => leafProblems(node, path, known));
  if (concurrent <= 1) return problems;
  const problem = `has up to ${concurrent} skills at the same time; one arm can do 1, use sequence or fallback instead of parallel`;
  return [{ path: "", key: "skill", problem }, ...problems];
}

/** The goal of a leaf. Throws AgentError `goal.mismatch` for a name that nothing has. */
export function findGoal({ goal }: LookingNode, { goals = {} }: Known): GoalSpec {
  if (typeof goal !== "string") return goal;
  const found = Object.hasOwn(goals, goal) ? goals[goal] : undefined;
  if (found) return found;
  const names = Object.keys(goals);
  const remedy = names.length > 0 ? `use one of ${names.join(", ")}` : "name it under goals";
  throw new AgentError("goal.mismatch", `goal "${goal}" does not exist; ${remedy}`);
}

/** Skill, success test and goal of a leaf. Throws AgentError `goal.mismatch`. */
export function findSkill(
  node: LookingNode,
  known: Known,
): { readonly skill: Skill; readonly success: SuccessSpec; readonly goal: GoalSpec } {
  const name = skillNameOf(node);
  const skill = Object.hasOwn(known.skills, name) ? known.skills[name] : undefined;
  if (!skill) throw new AgentError("goal.mismatch", `skill "${name}" does not exist; use one of ${Object.keys(known.skills).join(", ")}`);
  const goal = findGoal(node, known);
  const success = skill.success[goalKindOf(goal)];
  if (!success || !skill.goals.includes(goalKindOf(goal))) {
    throw new AgentError(
      "goal.mismatch",
      `skill "${skill.name}" takes no goal of kind "${goal.kind}"; give one of ${skill.goals.join(", ")}`,
    );
  }
  checkSuccess(skill.name, success);
  return { skill, success, goal };
}

/** Every leaf that looks, with its path. */
export function leavesOf(node: TaskNode, path: string): readonly { readonly node: LookingNode; readonly path: string }[] {
  if ("skill" in node || "condition" in node) return [{ node, path }];
  return childrenOf(node, path).flatMap((child) => leavesOf(child.node, child.path));
}

function leafProblems(node: LookingNode, path: string, known: Known): readonly TaskProblem[] {
  try {
    findSkill(node, known);
    return [];
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const nameKey = "skill" in node ? "skill" : "condition";
    return [{ path, key: Object.hasOwn(known.skills, skillNameOf(node)) ? "goal" : nameKey, problem: error.message }];
  }
}
