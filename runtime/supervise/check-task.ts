/** Does a task fit the skills there are? Asked when a launch file is checked and again before a supervisor is made. */
import { AgentError } from "../core/errors.ts";
import type { Goal, Skill, SuccessSpec } from "../core/skill.ts";
import { checkSuccess } from "./progress.ts";
import { childrenOf, type GoalSpec, measureTree, type SkillNode, type TaskNode } from "./task-tree.ts";

/** Something wrong with the leaf at `path` of the tree; `key` is the part of the leaf that is wrong. */
export interface TaskProblem {
  readonly path: string;
  readonly key: "skill" | "goal";
  readonly problem: string;
}

/** The kind of goal a skill sees: "here" becomes a tool goal when the skill begins. */
export const goalKindOf = (goal: GoalSpec): Goal["kind"] => (goal.kind === "here" ? "tool" : goal.kind);

/** Every problem of a tree, none when it fits. One arm can do one skill at a time. */
export function taskProblems(tree: TaskNode, skills: Readonly<Record<string, Skill>>): readonly TaskProblem[] {
  const { concurrent } = measureTree(tree);
  const problems = leavesOf(tree, "").flatMap(({ node, path }) => leafProblems(node, path, skills));
  if (concurrent <= 1) return problems;
  const problem = `has up to ${concurrent} skills at the same time; one arm can do 1, use sequence or fallback instead of parallel`;
  return [{ path: "", key: "skill", problem }, ...problems];
}

/** Skill and success test of a leaf. Throws AgentError `goal.mismatch`. */
export function findSkill(
  node: SkillNode,
  skills: Readonly<Record<string, Skill>>,
): { readonly skill: Skill; readonly success: SuccessSpec } {
  const skill = Object.hasOwn(skills, node.skill) ? skills[node.skill] : undefined;
  if (!skill) throw new AgentError("goal.mismatch", `skill "${node.skill}" does not exist; use one of ${Object.keys(skills).join(", ")}`);
  const success = skill.success[goalKindOf(node.goal)];
  if (!success || !skill.goals.includes(goalKindOf(node.goal))) {
    throw new AgentError(
      "goal.mismatch",
      `skill "${skill.name}" takes no goal of kind "${node.goal.kind}"; give one of ${skill.goals.join(", ")}`,
    );
  }
  checkSuccess(skill.name, success);
  return { skill, success };
}

function leavesOf(node: TaskNode, path: string): readonly { readonly node: SkillNode; readonly path: string }[] {
  if ("skill" in node) return [{ node, path }];
  return childrenOf(node, path).flatMap((child) => leavesOf(child.node, child.path));
}

function leafProblems(node: SkillNode, path: string, skills: Readonly<Record<string, Skill>>): readonly TaskProblem[] {
  try {
    findSkill(node, skills);
    return [];
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return [{ path, key: Object.hasOwn(skills, node.skill) ? "goal" : "skill", problem: error.message }];
  }
}
