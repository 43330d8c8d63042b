/** The gripper of a described arm: fingers that are kept as joints, moved together by one servo. */
import * as z from "zod";
import { BOUNDS, within } from "../../runtime/core/bounds.ts";
import type { FingerSpec, GripperSpec } from "../../runtime/core/robot.ts";
import type { CompiledModel, Joint } from "../../runtime/kinematics/compiled-model.ts";
import { bodyOfJoint, pathTo } from "./chain.ts";

/** The servo's name in the model. */
export const GRIPPER_ACTUATOR = "fingers";

const about = (description: string) => ({ description });
const name = z.string().min(1).max(100).meta(about("As the file calls it"));
const finger = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("slide").meta(about("The finger slides; its positions are lengths")),
    joint: name,
    closedM: within(BOUNDS.offsetM).meta(about("Where it is when the gripper is closed [m]")),
    openM: within(BOUNDS.offsetM).meta(about("Where it is when the gripper is wide open [m]")),
  }),
  z.strictObject({
    kind: z.literal("hinge").meta(about("The finger turns; its positions are angles")),
    joint: name,
    closedRad: within(BOUNDS.jointRad).meta(about("Where it is when the gripper is closed [rad]")),
    openRad: within(BOUNDS.jointRad).meta(about("Where it is when the gripper is wide open [rad]")),
  }),
]);

export const gripperSchema = z.strictObject({
  openingMinM: z.number().min(0).max(1).default(0).meta(about("Between the fingers when they are closed [m]")),
  openingMaxM: z.number().positive().max(1).meta(about("Between the fingers when they are wide open [m]")),
  speedMaxMPerS: z.number().positive().max(5).meta(about("Of the opening, both fingers together [m/s]")),
  forceMaxN: z.number().positive().max(1e4).meta(about("Between the fingers [N]")),
  fingers: z.array(finger).min(1).max(12).readonly().meta(about("The joints that move them, all together; the others follow the first")),
});

export type DescribedGripper = Omit<GripperSpec, "actuator">;

export const gripperSpec = (gripper: DescribedGripper): GripperSpec => ({ ...gripper, actuator: GRIPPER_ACTUATOR });

/** From the first finger's position to the opening, in metres per unit: what the servo's effort is divided by to be a force between the fingers. */
export function openingPerUnit({ openingMinM, openingMaxM, fingers: [first] }: DescribedGripper): number {
  return (openingMaxM - openingMinM) / Math.abs(travelOf(first!));
}

/** From closed to open, in the joint's unit. */
export const travelOf = (each: FingerSpec): number => (each.kind === "slide" ? each.openM - each.closedM : each.openRad - each.closedRad);
export const closedOf = (each: FingerSpec): number => (each.kind === "slide" ? each.closedM : each.closedRad);
const openOf = (each: FingerSpec): number => (each.kind === "slide" ? each.openM : each.openRad);

/** Where gripper and file do not fit, with joint, value, bound, unit and remedy. `tool` is the body that the tool is on, `arm` the joints that are planned. */
export function gripperProblems(
  { openingMinM, openingMaxM, fingers }: DescribedGripper,
  model: CompiledModel,
  tool: number,
  arm: readonly string[],
): readonly string[] {
  const names = fingers.map(({ joint }) => joint);
  const last = bodyOfJoint(model, arm.at(-1) ?? "");
  return [
    ...(openingMinM < openingMaxM ? [] : [`gripper: openingMinM ${openingMinM} m is not below openingMaxM ${openingMaxM} m; correct them`]),
    ...fingers.flatMap((each, index) => {
      const at = `gripper.fingers.${index} "${each.joint}"`;
      const body = bodyOfJoint(model, each.joint);
      const joint = model.bodies[body]?.joints.find((one) => one.name === each.joint);
      if (!joint) return [`${at}: is not in the file`];
      if (names.indexOf(each.joint) < index) return [`${at}: is listed twice; list each joint once`];
      if (arm.includes(each.joint)) return [`${at}: is listed among the arm's joints too; leave it out there`];
      if (pathTo(model, tool).includes(body)) return [`${at}: moves the tool; choose a tool.link before it, such as the hand`];
      if (!pathTo(model, body).includes(last))
        return [`${at}: is not carried by the last joint, "${arm.at(-1)}"; name the fingers of this arm`];
      return rangeProblems(each, joint).map((problem) => `${at}: ${problem}`);
    }),
  ];
}

function rangeProblems(each: FingerSpec, { kind, range }: Joint): readonly string[] {
  if (kind !== each.kind) return [`is a ${kind} joint, not a ${each.kind}; correct its kind`];
  if (travelOf(each) === 0) return ["is open where it is closed; correct one of them"];
  const unit = kind === "slide" ? "m" : "rad";
  const [low, high] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const outside = [closedOf(each), openOf(each)].filter((value) => value < low - ROUNDING || value > high + ROUNDING);
  return outside.map((value) => `${value} ${unit} is outside the file's [${low}, ${high}] ${unit}; write one within`);
}

/** Numbers in launch files have few digits. */
const ROUNDING = 1e-4;
