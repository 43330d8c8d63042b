/** From a place in a task's tree ("1/0") to the place in the launch file (task.sequence.1.retry). */
import { childrenOf, type TaskNode } from "../../runtime/supervise/task-tree.ts";
import type { Path } from "./key-hints.ts";

export function treePath(root: TaskNode, place: string): Path {
  const path: (string | number)[] = ["task"];
  let node = root;
  for (const index of place === "" ? [] : place.split("/").map(Number)) {
    const key = ["sequence", "fallback", "parallel", "retry", "repeat", "timeout"].find((each) => each in node) ?? "";
    path.push(key, ...(["sequence", "fallback", "parallel"].includes(key) ? [index] : []));
    const child = childrenOf(node, "")[index];
    if (child) node = child.node;
  }
  return path;
}
