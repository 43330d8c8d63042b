/** Why a FollowJointTrajectory goal ended otherwise than asked for: the controller's code as a typed reason with a remedy. */
import { AgentError } from "../../core/errors.ts";
import type { FollowResultMsg } from "./messages.ts";

/** control_msgs/action/FollowJointTrajectory, result codes. */
const CODES: Readonly<Record<number, { readonly name: string; readonly remedy: string }>> = {
  0: { name: "no reason given", remedy: "look at the controller's log" },
  [-1]: { name: "invalid goal", remedy: "compare the controller's parameters with the launch file" },
  [-2]: { name: "invalid joints", remedy: "make backend.joints.names the controller's joints" },
  [-3]: { name: "old header time stamp", remedy: "synchronise the clocks, or use backend.command.start: now" },
  [-4]: { name: "path tolerance violated", remedy: "look what holds the arm; lower guards.velocityScale if nothing does" },
  [-5]: { name: "goal tolerance violated", remedy: "look what holds the arm; raise backend.command.goalToleranceRad if nothing does" },
};

export type GoalEnd = "succeeded" | "canceled" | "aborted" | "unknown";

/** Null when the goal ended well. Code `robot.aborted`: the arm ended a motion by itself and a person must look. */
export function judgeResult(segmentId: number, end: GoalEnd, { error_code, error_string }: FollowResultMsg): AgentError | null {
  if (end === "succeeded" && error_code === 0) return null;
  const { name, remedy } = CODES[error_code] ?? { name: `code ${error_code}`, remedy: "look at the controller's log" };
  const words = error_string ? `, it says "${error_string.slice(0, 200)}"` : "";
  if (end === "canceled") {
    const who = "another client took the controller, or someone cancelled";
    return new AgentError(
      "robot.aborted",
      `segment ${segmentId}: cancelled, but not by us (${who})${words}; find who commands this arm, then reset and start`,
    );
  }
  return new AgentError(
    "robot.aborted",
    `segment ${segmentId}: ${end} by the controller, ${name}${words}; ${remedy}, then reset and start`,
  );
}

/** A goal that was refused: the protocol carries no reason, so the usual ones are named. */
export const refusedGoal = (segmentId: number, action: string): AgentError =>
  new AgentError(
    "robot.rejected",
    `segment ${segmentId}: refused by "${action}", which gives no reason (is the controller active, are its joints those of the launch file, does it allow replacement?); mend it, then resume`,
  );
