/** What an arm can feel of itself, by name and unit: the proprioception of models and data sets. */
import { AgentError } from "./errors.ts";
import { TOOL_SIGNALS } from "./model.ts";
import type { GripperSpec } from "./robot.ts";
import type { GripperReading } from "./sensing.ts";
import type { Vec3 } from "./vec3.ts";

export const SIGNAL_UNITS = {
  "tool.x": "m",
  "tool.y": "m",
  "tool.z": "m",
  /** Of the tool about the vertical. */
  "tool.yaw": "rad",
  /** Measured, as a share of the gripper's range: 0 closed, 1 wide open. */
  "gripper.opening": "1",
  /** Between the fingers, where the robot tells it. */
  "contact.effort": "N",
} as const;
export type SignalName = keyof typeof SIGNAL_UNITS;

/** What the senses tell at one instant. */
export interface Felt {
  readonly toolM: Vec3;
  readonly yawRad: number;
  readonly gripper: GripperReading | undefined;
}

/** The values of these signals, in their order. Throws AgentError `sense.stale` for one that the robot does not tell. */
export function feel(signals: readonly string[], { toolM, yawRad, gripper }: Felt, spec: GripperSpec | undefined): number[] {
  return signals.map((signal) => {
    const axis = (TOOL_SIGNALS as readonly string[]).indexOf(signal);
    if (axis >= 0) return toolM[axis]!;
    if (signal === "tool.yaw") return yawRad;
    const value =
      signal === "contact.effort"
        ? gripper?.effortN
        : gripper && spec && (gripper.openingM - spec.openingMinM) / (spec.openingMaxM - spec.openingMinM);
    if (value !== undefined) return value;
    throw new AgentError("sense.stale", `signal "${signal}": the robot tells none; look whether its gripper's driver runs`);
  });
}
