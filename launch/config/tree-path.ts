/** The tasks that a launch file writes, their goals, and where each stands: from a place in a task's tree ("1/0") to the place in the file (task.sequence.1.retry). */
import { leavesOf } from "../../runtime/supervise/check-task.ts";
import { childrenOf, type GoalSpec, type TaskNode } from "../../runtime/supervise/task-tree.ts";
import type { Path } from "./key-hints.ts";
import type { LaunchConfig } from "./schema.ts";

type Tasks = Pick<LaunchConfig, "task" | "urgent">;

/** A task with the key under which it stands. */
export interface WrittenTask {
  readonly tree: TaskNode;
  readonly at: Path;
}

/** The task, then those that may come before it. */
export const writtenTasks = ({ task, urgent }: Tasks): readonly WrittenTask[] => [
  { tree: task, at: ["task"] },
  ...Object.entries(urgent).map(([name, each]) => ({ tree: each.task, at: ["urgent", name, "task"] })),
];

/** In the tasks, and under goals. A goal that is a name is written elsewhere. */
export function writtenGoals(config: Tasks & Pick<LaunchConfig, "goals">): readonly { readonly goal: GoalSpec; readonly path: Path }[] {
  const inTasks = writtenTasks(config).flatMap((written) =>
    leavesOf(written.tree, "").map(({ node, path }) => ({ goal: node.goal, path: [...treePath(written, path), "goal"] })),
  );
  const named = Object.entries(config.goals).map(([name, goal]) => ({ goal, path: ["goals", name] }));
  return [...inTasks, ...named].flatMap(({ goal, path }) => (typeof goal === "string" ? [] : [{ goal, path }]));
}

export function treePath({ tree, at }: WrittenTask, place: string): Path {
  const path: (string | number)[] = [...at];
  let node = tree;
  for (const index of place === "" ? [] : place.split("/").map(Number)) {
    const key = ["sequence", "fallback", "parallel", "retry", "repeat", "timeout"].find((each) => each in node) ?? "";
    path.push(key, ...(["sequence", "fallback", "parallel"].includes(key) ? [index] : []));
    const child = childrenOf(node, "")[index];
    if (child) node = child.node;
  }
  return path;
}
