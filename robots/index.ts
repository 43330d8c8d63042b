/** Which robots there are, by the name a launch file uses; a robot's folder is loaded only when it is asked for. */
import type { RobotSpec } from "../runtime/core/robot.ts";

export const robots = {
  panda: async (): Promise<RobotSpec> => (await import("./panda/spec.ts")).pandaSpec,
  so101: async (): Promise<RobotSpec> => (await import("./so101/spec.ts")).so101Spec,
  ur5e: async (): Promise<RobotSpec> => (await import("./ur5e/spec.ts")).ur5eSpec,
} as const satisfies Record<string, () => Promise<RobotSpec>>;
