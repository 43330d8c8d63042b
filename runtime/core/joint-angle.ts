/** How far apart two angles of a joint are: a continuous joint stands the same after a whole turn. */
import type { JointSpec } from "./robot.ts";

/** Radians. */
export const TURN_RAD: number = 2 * Math.PI;
/** Within this of a whole turn two angles are taken for the same, told differently. */
const SAME_RAD = 0.35;

/** From one angle to the other, radians; of a continuous joint the shorter way round, in [-pi, pi]. */
export function angleRad(type: JointSpec["type"], fromRad: number, toRad: number): number {
  return type === "continuous" ? shorterWayRad(toRad - fromRad) : toRad - fromRad;
}

/** The same turn without its whole turns, in [-pi, pi]; NaN stays NaN. */
export const shorterWayRad = (rad: number): number => rad - TURN_RAD * Math.round(rad / TURN_RAD);

/** Where to look for a joint's positions: within its limits, or in one turn where it has none. */
export function rangeRad({
  type,
  positionMinRad,
  positionMaxRad,
}: Pick<JointSpec, "type" | "positionMinRad" | "positionMaxRad">): readonly [number, number] {
  return type === "continuous" ? [-Math.PI, Math.PI] : [positionMinRad, positionMaxRad];
}

/** What to say of a difference that is whole turns and little else: somebody counts turns and somebody does not. Empty for any other. */
export function turnRemark(differenceRad: number): string {
  const turns = Math.round(differenceRad / TURN_RAD);
  if (turns === 0 || !(Math.abs(shorterWayRad(differenceRad)) <= SAME_RAD)) return "";
  const count = Math.abs(turns) === 1 ? "a whole turn" : `${Math.abs(turns)} whole turns`;
  return `, which is ${count}: the angle is told wrapped; where the joint may turn for ever give it the type "continuous", else let its driver count turns`;
}
