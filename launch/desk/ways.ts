/** Which way a joint turns, as a person beside the arm sees it: by the arm's own model, in the middle of its range. */
import { rangeRad } from "../../runtime/core/joint-angle.ts";
import type { Kinematics } from "../../runtime/kinematics/kinematics.ts";
import { multiply } from "../../runtime/kinematics/quaternion.ts";
import type { Way } from "./check-direction.ts";

const STEP_RAD = 0.1;
/** A joint that moves the tool less turns the hand about itself. */
const TURNS_M = 0.002;
/** Along x, y, z of the base: away from it, to its left, up. */
const AXES = [
  ["away from the base", "towards the base"],
  ["to the arm's own left", "to the arm's own right"],
  ["up", "down"],
] as const;

/** By joint. */
export function waysOf({ spec, toolPose }: Pick<Kinematics, "spec" | "toolPose">): Readonly<Record<string, Way>> {
  const middleRad = spec.joints.map((joint) => {
    const [min, max] = rangeRad(joint);
    return (min + max) / 2;
  });
  return Object.fromEntries(
    spec.joints.map(({ name }, joint): [string, Way] => {
      const from = toolPose(middleRad);
      const to = toolPose(middleRad.map((rad, index) => (index === joint ? rad + STEP_RAD : rad)));
      const moved = to.positionM.map((value, axis) => value - from.positionM[axis]!);
      const furthest = Math.max(...moved.map(Math.abs));
      if (furthest < TURNS_M) {
        const [w, x, y, z] = from.quaternion;
        const turned = multiply([w, -x, -y, -z], to.quaternion);
        // The tool's z axis points out of the hand: right-handed about it is clockwise for who looks from behind.
        const clockwise = "the hand turn clockwise, seen from behind it";
        const anticlockwise = "the hand turn anticlockwise, seen from behind it";
        const isClockwise = turned[0] * turned[3] > 0;
        return [name, isClockwise ? { grows: clockwise, shrinks: anticlockwise } : { grows: anticlockwise, shrinks: clockwise }];
      }
      const axis = moved.findIndex((value) => Math.abs(value) === furthest);
      const [plus, minus] = AXES[axis]!;
      const [grows, shrinks] = moved[axis]! > 0 ? [plus, minus] : [minus, plus];
      return [name, { grows: `the hand go ${grows}`, shrinks: `the hand go ${shrinks}` }];
    }),
  );
}
