/** How far the first joint of an arm may be swung to either side of home in 0.4 s, turning round at any time of a motion: as far as wanted, or as its limits let. */
import type { RobotSpec } from "../../../runtime/core/robot.ts";

/** Rad for each rad/s^2 of the joint: a turn in the middle of a motion asks for less. */
const RAD_A_RAD_PER_S2 = 0.007;

export const swingOf = ({ joints: [first] }: Pick<RobotSpec, "joints">, wantedRad: number): number =>
  Math.min(wantedRad, RAD_A_RAD_PER_S2 * (first?.accelerationMaxRadPerS2 ?? 0));
