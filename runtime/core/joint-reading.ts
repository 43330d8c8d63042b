/** What one reading of all joints must be by itself: of the right joints, finite, within limits. */
import { AgentError } from "./errors.ts";
import { TURN_RAD, turnRemark } from "./joint-angle.ts";
import type { JointSpec } from "./robot.ts";
import type { GripperReading, JointState } from "./sensing.ts";

/** The first objection, naming joint, value, bound and unit, or null; `toleranceRad` is how far outside its limits a joint may read. */
export function checkJoints(
  { positionRad, velocityRadPerS, gripper }: Pick<JointState, "positionRad" | "velocityRadPerS" | "gripper">,
  specs: readonly JointSpec[],
  toleranceRad: number,
): AgentError | null {
  if (positionRad.length !== specs.length || velocityRadPerS.length !== specs.length) {
    const counts = `${positionRad.length} positions and ${velocityRadPerS.length} velocities`;
    return new AgentError("sense.wrong-size", `joints: ${counts}, must be ${specs.length} each; check that the driver is for this robot`);
  }
  for (const [joint, spec] of specs.entries()) {
    const position = positionRad[joint]!;
    const velocity = velocityRadPerS[joint]!;
    if (!Number.isFinite(position) || !Number.isFinite(velocity)) {
      const message = `joint "${spec.name}": position ${position} rad, velocity ${velocity} rad/s, must be finite; check the encoder`;
      return new AgentError("sense.not-finite", message);
    }
    const outside = outsideLimits(position, spec, toleranceRad);
    if (outside) return outside;
  }
  return gripper ? checkGripper(gripper) : null;
}

/** Fingers that lean on something may read a little beyond their ends; a number that is none is no reading. */
function checkGripper({ openingM, effortN = 0 }: GripperReading): AgentError | null {
  if (Number.isFinite(openingM) && Number.isFinite(effortN)) return null;
  return new AgentError("sense.not-finite", `gripper: opening ${openingM} m, effort ${effortN} N, must be finite; check its encoder`);
}

function outsideLimits(position: number, spec: JointSpec, toleranceRad: number): AgentError | null {
  const { name, type, positionMinRad: min, positionMaxRad: max } = spec;
  const isInside = (rad: number): boolean => rad >= min - toleranceRad && rad <= max + toleranceRad;
  if (type === "continuous" || isInside(position)) return null;
  const turned = [position - TURN_RAD, position + TURN_RAD].find(isInside);
  const remark = turned === undefined ? "" : turnRemark(position - turned);
  const isDegrees = Math.abs(position) > TURN_RAD && isInside((position * Math.PI) / 180);
  const remedy = isDegrees ? "is it told in degrees?" : "move the arm back or check the encoder's zero";
  const bounds = `outside [${min}, ${max}] rad by more than ${toleranceRad} rad`;
  return new AgentError(
    "sense.out-of-range",
    `joint "${name}": position ${position.toFixed(3)} rad is ${bounds}${remark || `; ${remedy}`}`,
  );
}
