/** A robot that is seen and planned for, but never sent anything. */
import type { Robot } from "../../runtime/core/robot.ts";

/** What is accepted is not done. */
export function inShadow<T extends Robot>(robot: T): T {
  return { ...robot, act: async (segment) => segment };
}
