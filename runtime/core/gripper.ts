/** What a gripper's numbers mean: what may be commanded, how far it gets in a while, and which finger positions an opening is. */
import type { GripperCommand } from "./motion.ts";
import type { FingerSpec, GripperSpec } from "./robot.ts";

const ROUNDING = 1e-9;

/** Why a command is none for this gripper, naming subject, value, bound and unit, with the remedy; null where it may be given. */
export function gripperObjection(command: GripperCommand, gripper: GripperSpec | undefined): string | null {
  const { openingM, speedMPerS, forceN } = command;
  if (!gripper) return `gripper: this robot has none that could open ${openingM} m; leave the gripper out, or choose a robot that has one`;
  const { openingMinM, openingMaxM, speedMaxMPerS, forceMaxN } = gripper;
  return (
    outside("opening", openingM, openingMinM, openingMaxM, "m") ??
    outside("speed", speedMPerS, 0, speedMaxMPerS, "m/s") ??
    outside("force", forceN, 0, forceMaxN, "N")
  );
}

/** SAFETY: the comparison is negated, so that NaN is outside. */
function outside(what: string, value: number, min: number, max: number, unit: string): string | null {
  if (value >= min - ROUNDING && value <= max + ROUNDING) return null;
  return `gripper: ${what} ${value} ${unit} is outside [${min}, ${max}] ${unit}; command one within what the robot's spec says`;
}

/** The same, going no further: what is held stays held. */
export const heldGripper = (command: GripperCommand): GripperCommand => ({ ...command, speedMPerS: 0 });

/** As a field to spread into what has a gripper: nothing where there is none. */
export const gripperField = <T>(gripper: T | undefined): { readonly gripper?: T } => (gripper === undefined ? {} : { gripper });

/** Where a set-point of the opening has got to after `dtS`, metres: for drivers of fingers that follow set-points. */
export function towardsM(fromM: number, { openingM, speedMPerS }: GripperCommand, dtS: number): number {
  const stepM = speedMPerS * dtS;
  return fromM + Math.min(stepM, Math.max(-stepM, openingM - fromM));
}

/** Where a finger's joint is at an opening, in the joint's unit: metres or radians. */
export function fingerAt({ openingMinM, openingMaxM }: GripperSpec, finger: FingerSpec, openingM: number): number {
  const [closed, open] = fingerEnds(finger);
  return closed + ((openingM - openingMinM) / (openingMaxM - openingMinM)) * (open - closed);
}

/** The opening that measured finger positions amount to, metres: their mean. Shape (fingers), in each joint's unit. */
export function openingAt({ openingMinM, openingMaxM, fingers }: GripperSpec, positions: readonly number[]): number {
  const shares = fingers.map((finger, index) => {
    const [closed, open] = fingerEnds(finger);
    return (positions[index]! - closed) / (open - closed);
  });
  const share = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  return openingMinM + share * (openingMaxM - openingMinM);
}

/** Where a finger's joint is closed, and wide open, in its unit: metres or radians. */
export const fingerEnds = (finger: FingerSpec): readonly [closed: number, open: number] =>
  finger.kind === "slide" ? [finger.closedM, finger.openM] : [finger.closedRad, finger.openRad];
