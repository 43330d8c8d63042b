/** Which axes of a model this arm can be moved along: its tool along x, y, z and about the vertical, its gripper as a switch. */
import { AgentError } from "../core/errors.ts";
import type { ActionAxis } from "../core/model.ts";
import type { RobotSpec } from "../core/robot.ts";

/** A tool needs so many joints for a place and a yaw of its own. */
const YAW_JOINTS_MIN = 6;

/** Throws `model.mismatch` for an axis that this arm cannot be moved along, by its name, and for none at all. */
export function checkAxes(axes: readonly ActionAxis[], robot: Pick<RobotSpec, "name" | "joints" | "gripper">): void {
  if (axes.length === 0) throw new AgentError("model.mismatch", "action axes: none; choose a model with at least one");
  for (const axis of axes) {
    const why = objection(axis, robot);
    if (why) throw new AgentError("model.mismatch", `action axis "${axis.name}" (${axis.kind}): ${why}`);
  }
}

function objection({ name, kind, scale }: ActionAxis, { name: robot, joints, gripper }: Pick<RobotSpec, "name" | "joints" | "gripper">) {
  if (name !== "gripper") {
    if (kind === "switch")
      return "the tool is moved by as much as is wanted, never one way or the other; choose a model that is continuous there";
    if (name === "yaw" && joints.length < YAW_JOINTS_MIN)
      return `robot "${robot}" has ${joints.length} joints, at least ${YAW_JOINTS_MIN} turn a tool at a place; choose a model without it`;
    return null;
  }
  if (!gripper) return `robot "${robot}" has no gripper; choose a model without it, or a robot that has one`;
  if (kind === "continuous") return "a gripper is told to open or to close; choose a model in which it is a switch";
  return scale <= 1 ? null : `it opens to ${scale} of its range, at most 1; choose a model with a share`;
}
