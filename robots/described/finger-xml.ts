/** The fingers of a described arm as MJCF: their joints, a coupling of each to the first, and the servo that moves them all. */
import type { CompiledModel, Joint } from "../../runtime/kinematics/compiled-model.ts";
import { closedOf, type DescribedGripper, GRIPPER_ACTUATOR, openingPerUnit, travelOf } from "./gripper.ts";
import { type Element, numbers } from "./model-xml.ts";

/** The servo presses with all its force once its set-point is this share of the way inside what is held. */
const PRESSED_SHARE = 0.1;
/** Undamped: light enough to follow its set-point with little force, and far below a step of 4 ms. */
const FREQUENCY_RAD_PER_S = 150;

/** In units of the first finger: N or N m, per m or rad. */
function sizes(gripper: DescribedGripper) {
  const perUnit = openingPerUnit(gripper);
  const effortMax = gripper.forceMaxN * perUnit;
  const stiffness = effortMax / (PRESSED_SHARE * Math.abs(travelOf(gripper.fingers[0]!)));
  return { effortMax, stiffness, damping: (2 * stiffness) / FREQUENCY_RAD_PER_S, armature: stiffness / FREQUENCY_RAD_PER_S ** 2 };
}

/** The damping is the joint's, which the integrator treats implicitly even where the servo is at its limit; none for a joint that is no finger. */
export function fingerJoint(gripper: DescribedGripper, { name, axis, positionM, reference }: Joint): readonly Element[] {
  const [first] = gripper.fingers;
  const finger = gripper.fingers.find(({ joint }) => joint === name);
  if (!finger) return [];
  const { damping, armature } = sizes(gripper);
  const ratio = travelOf(finger) / travelOf(first!);
  const ends = [closedOf(finger), closedOf(finger) + travelOf(finger)].toSorted((a, b) => a - b);
  return [
    {
      "@name": name,
      "@type": finger.kind,
      "@axis": numbers(axis),
      "@pos": numbers(positionM),
      "@limited": "true",
      "@range": numbers(ends),
      "@ref": numbers([reference]),
      "@damping": numbers([finger === first ? damping : 0]),
      "@armature": numbers([armature / ratio ** 2]),
    },
  ];
}

export const fingerServo = (gripper: DescribedGripper): Element => {
  const { effortMax, stiffness } = sizes(gripper);
  return {
    "@name": GRIPPER_ACTUATOR,
    "@joint": gripper.fingers[0]!.joint,
    "@kp": numbers([stiffness]),
    "@forcelimited": "true",
    "@forcerange": numbers([-effortMax, effortMax]),
  };
};

/** MuJoCo counts both joints from where they are drawn. */
export function couplings({ fingers }: DescribedGripper, { bodies }: CompiledModel): readonly Element[] {
  const [first, ...others] = fingers;
  const drawnAt = (joint: string): number => bodies.flatMap(({ joints }) => joints).find(({ name }) => name === joint)?.reference ?? 0;
  return others.map((other) => {
    const ratio = travelOf(other) / travelOf(first!);
    const offset = closedOf(other) - drawnAt(other.joint) - ratio * (closedOf(first!) - drawnAt(first!.joint));
    return { "@joint1": other.joint, "@joint2": first!.joint, "@polycoef": numbers([offset, ratio, 0, 0, 0]), "@solref": "0.01 1" };
  });
}
