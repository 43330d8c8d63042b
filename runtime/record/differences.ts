/** How a segment differs from the recorded one, in words. */
import type { GripperCommand, Segment } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";

const FIELDS = [
  ["positionRad", "rad"],
  ["velocityRadPerS", "rad/s"],
  ["accelerationRadPerS2", "rad/s^2"],
] as const;
const TIME_TOLERANCE_S = 1e-6;

/** Empty when it does not; at most one sentence per knot. The ids are not compared. */
export function differences(segment: Segment, recorded: Segment, spec: RobotSpec, tolerance: number): readonly string[] {
  const why: string[] = [];
  const offsetMs = Number(segment.startNs - recorded.startNs) / 1e6;
  if (offsetMs !== 0) why.push(`starts ${offsetMs.toFixed(3)} ms from the recorded start`);
  if (segment.knots.length !== recorded.knots.length)
    return [...why, `has ${segment.knots.length} knots, recorded are ${recorded.knots.length}`];
  for (const [index, knot] of segment.knots.entries()) {
    const other = recorded.knots[index]!;
    if (Math.abs(knot.tS - other.tS) > TIME_TOLERANCE_S) why.push(`knot ${index} is at ${knot.tS} s, recorded at ${other.tS} s`);
    else why.push(...knotDifference(index, knot, other, spec, tolerance));
  }
  return [...why, ...gripperDifference(segment.gripper, recorded.gripper, tolerance)];
}

function gripperDifference(told: GripperCommand | undefined, recorded: GripperCommand | undefined, tolerance: number): readonly string[] {
  if (told === undefined && recorded === undefined) return [];
  const say = (gripper: GripperCommand | undefined): string =>
    gripper ? `${gripper.openingM} m at ${gripper.speedMPerS} m/s with ${gripper.forceN} N` : "nothing";
  const keys = ["openingM", "speedMPerS", "forceN"] as const;
  const isSame = told && recorded && keys.every((key) => Math.abs(told[key] - recorded[key]) <= tolerance);
  return isSame ? [] : [`tells the gripper ${say(told)}, recorded is ${say(recorded)}`];
}

type Knot = Segment["knots"][number];

function knotDifference(index: number, knot: Knot, recorded: Knot, spec: RobotSpec, tolerance: number): readonly string[] {
  for (const [field, unit] of FIELDS) {
    for (const [joint, { name }] of spec.joints.entries()) {
      const apart = Math.abs(knot[field][joint]! - recorded[field][joint]!);
      if (!(apart <= tolerance))
        return [`knot ${index}, joint "${name}": ${apart.toExponential(2)} ${unit} from the recorded value, must be within ${tolerance}`];
    }
  }
  return [];
}
