/** What may be made stricter over ROS while the agent runs, as parameters of its node, and what of the launch file is to be read there. */
import type { RosBackendConfig } from "../../../runtime/bridge/ros2/config.ts";
import type { NumberParameter } from "../../../runtime/bridge/ros2/parameters.ts";
import { type AgeLimits, type Desk, PAYLOAD_KG_MAX, type ToolLimits } from "../../../runtime/core/desk.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { SLOW_SHARE } from "./ladder.ts";

/** What was asked for stays while there is no desk, and holds at the next one. */
export interface RosLimits {
  readonly speedShare: number;
  /** The rung it is on, whoever sets the parameter, and the vendor may slow the arm down; the smallest counts. */
  slow(who: "asked" | "vendor", share: number): null;
  limitTool(limits: Partial<ToolLimits>): null;
  limitAges(ages: Partial<AgeLimits>): null;
  /** There is a desk now. */
  apply(): void;
}

const WHO = "ros";

export function createRosLimits(
  desk: () => Pick<Desk, "limitSpeed" | "limitTool" | "limitAges"> | null,
  bringUp: RosBackendConfig["bringUp"],
) {
  const shares = { ladder: bringUp === "slow" ? SLOW_SHARE : 1, asked: 1, vendor: 1 };
  let tool: Partial<ToolLimits> = {};
  let ages: Partial<AgeLimits> = {};
  const limits: RosLimits = {
    get speedShare() {
      return Math.min(...Object.values(shares));
    },
    slow(who, share) {
      shares[who] = share;
      desk()?.limitSpeed(WHO, limits.speedShare);
      return null;
    },
    limitTool(changes) {
      tool = { ...tool, ...changes };
      desk()?.limitTool(WHO, tool);
      return null;
    },
    limitAges(changes) {
      ages = { ...ages, ...changes };
      desk()?.limitAges("ros", ages);
      return null;
    },
    apply() {
      desk()?.limitSpeed(WHO, limits.speedShare);
      limits.limitTool({});
      limits.limitAges({});
    },
  };
  return limits;
}

const STRICTER = "while the agent runs it may be made stricter, never looser than the launch file; takes effect with the next decision";

export function parametersOf({ planner, guards }: Pick<LaunchConfig, "planner" | "guards">, limits: RosLimits): readonly NumberParameter[] {
  return [
    {
      name: "speed_share",
      description:
        "Share of its usual way that the tool goes in a decision, and so of its speed (unit-free); takes effect with the next decision",
      ...{ min: 0.05, max: 1, initial: 1 },
      set: (share) => limits.slow("asked", share),
    },
    {
      name: "max_tool_speed_m_per_s",
      description: `The tool goes no faster, guards.maxToolSpeedMPerS [m/s]; ${STRICTER}`,
      ...{ min: 0.001, max: guards.maxToolSpeedMPerS, initial: guards.maxToolSpeedMPerS },
      set: (maxToolSpeedMPerS) => limits.limitTool({ maxToolSpeedMPerS }),
    },
    {
      name: "payload_kg",
      description: `What the tool carries, guards.payloadKg [kg]; ${STRICTER}`,
      ...{ min: guards.payloadKg, max: PAYLOAD_KG_MAX, initial: guards.payloadKg },
      set: (payloadKg) => limits.limitTool({ payloadKg }),
    },
    {
      name: "max_observation_age_ms",
      description: `Oldest observation to act on, guards.maxObservationAgeMs [ms]; ${STRICTER}`,
      ...{ min: 1, max: guards.maxObservationAgeMs, initial: guards.maxObservationAgeMs },
      set: (maxObservationAgeMs) => limits.limitAges({ maxObservationAgeMs }),
    },
    {
      name: "max_plan_age_ms",
      description: `Oldest plan to act on, guards.maxPlanAgeMs [ms]; ${STRICTER}`,
      ...{ min: 1, max: guards.maxPlanAgeMs, initial: guards.maxPlanAgeMs },
      set: (maxPlanAgeMs) => limits.limitAges({ maxPlanAgeMs }),
    },
    {
      name: "deadline_ms",
      description:
        "planner.deadlineMs of the launch file [ms]; needs a restart, since the instant from which a motion takes effect is reckoned with it",
      ...{ min: 5, max: 2000, initial: planner.deadlineMs, readOnly: true },
    },
    {
      name: "velocity_scale",
      description:
        "guards.velocityScale of the launch file (unit-free); needs a restart, since the last guard in the arm's own process is made with it; to go slower set speed_share",
      ...{ min: 0, max: 1, initial: guards.velocityScale, readOnly: true },
    },
  ];
}
