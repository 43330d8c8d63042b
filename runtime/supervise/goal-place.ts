/** Can a goal be where it is said to be? The tool inside its workspace; an object above the table and where the tool can come to it. */
import { outsideM, type Workspace } from "../core/workspace.ts";
import type { GoalSpec } from "./task-tree.ts";

/** What is wrong with the place of a goal, or null. Goals without a place are never wrong. */
export function misplaced(goal: GoalSpec, workspace: Workspace): string | null {
  if (goal.kind !== "tool" && goal.kind !== "object") return null;
  const { positionM } = goal;
  // An object may lie lower than the tool may go.
  const outside = outsideM(positionM, goal.kind === "tool" ? workspace : onTable(workspace));
  if (!outside) return null;
  const { axis, boundsM } = outside;
  const valueM = positionM[["x", "y", "z"].indexOf(axis)];
  return `${goal.kind} ${axis} ${valueM} m is outside the workspace [${boundsM.join(", ")}] m; move the goal or guards.workspace`;
}

const onTable = ({ minM: [x, y], maxM, tableZM }: Workspace): Workspace => ({ minM: [x, y, tableZM], maxM, tableZM, tableClearanceM: 0 });
