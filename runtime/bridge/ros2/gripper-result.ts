/** Gripper goals of both kinds, and what their results mean. */
import { AgentError } from "../../core/errors.ts";
import type { GripperCommand } from "../../core/motion.ts";
import type { RosGripperConfig } from "./config.ts";

export const GRIPPER_TYPES = {
  "gripper-command": "control_msgs/action/GripperCommand",
  parallel: "control_msgs/action/ParallelGripperCommand",
} as const;

/** What a goal is bounded by, beside the launch file's strongest grip. */
export type GripperBounds = Pick<GripperCommand, "forceN" | "speedMPerS">;

/** `opening` from 0, closed, to 1, open. GripperCommand knows no speed: its driver has one of its own. */
export function gripperGoal(
  opening: number,
  { kind, joint, openM, closedM, maxEffortN }: RosGripperConfig,
  bounds?: GripperBounds,
): object {
  const position = closedM + opening * (openM - closedM);
  const effortN = bounds ? Math.min(bounds.forceN, maxEffortN || bounds.forceN) : maxEffortN;
  if (kind === "gripper-command") return { command: { position, max_effort: effortN } };
  return {
    command: {
      header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "" },
      name: [joint],
      position: [position],
      velocity: bounds ? [bounds.speedMPerS] : [],
      effort: effortN > 0 ? [effortN] : [],
    },
  };
}

export interface GripperResult {
  /** It closed on something, or was held, before it was where it should be. */
  readonly stalled: boolean;
  readonly reachedGoal: boolean;
}

/** A gripper that stalls while closing holds something: that is no fault. Throws AgentError `robot.aborted` otherwise. */
export function judgeGripper(opening: number, end: "succeeded" | "canceled" | "aborted" | "unknown", result: unknown): GripperResult {
  const { stalled = false, reached_goal: reachedGoal = false } = (result ?? {}) as { stalled?: boolean; reached_goal?: boolean };
  if (end === "succeeded" && (reachedGoal || stalled)) return { stalled, reachedGoal };
  const why = end === "succeeded" ? "ended short of its goal without holding anything" : `${end} by its driver`;
  throw new AgentError(
    "robot.aborted",
    `gripper: moving to ${(opening * 100).toFixed(0)} % open was ${why}; look at the gripper, then reset and start`,
  );
}
