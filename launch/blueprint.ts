/** Everything about a run that can be known before anything moves. */
import type { ModelPackage } from "../runtime/core/model.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { OpenRobot } from "./backends/opened.ts";
import type { LaunchConfig } from "./config/schema.ts";

export interface Blueprint {
  readonly config: LaunchConfig;
  /** With the share of its limits that the launch file allows. */
  readonly spec: RobotSpec;
  readonly model: ModelPackage;
  readonly open: OpenRobot;
}

/** A decision's budget from observation to effect in realtime: the plan's deadline and this for encoding, guards and the way to the keeper. */
const OVERHEAD_MS = 30;
/** A plan that may take longer than this is started from further ahead than the world model is asked to look. */
const DEADLINE_MS_USED_MAX = 150;

export const effectMs = ({ planner }: Pick<LaunchConfig, "planner">): number =>
  Math.min(planner.deadlineMs, DEADLINE_MS_USED_MAX) + OVERHEAD_MS;
