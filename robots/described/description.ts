/** What a launch file says about an arm that has no folder in robots/: its own URDF or MJCF, its joints with their limits, its tool and what it carries. */
import * as z from "zod";
import { BOUNDS, offsetIn, turns, within } from "../../runtime/core/bounds.ts";
import { MODEL_NAME, MODEL_NAME_IS } from "../../runtime/core/model.ts";
import type { JointSpec } from "../../runtime/core/robot.ts";

import { gripperSchema } from "./gripper.ts";

const about = (description: string) => ({ description });
const name = z.string().min(1).max(100);
const positive = (max: number, description: string) => z.number().positive().max(max).meta(about(description));

const named = { name: name.meta(about("As the file calls it")) };
const moved = {
  velocityMaxRadPerS: positive(100, "Largest speed [rad/s]"),
  accelerationMaxRadPerS2: positive(1000, "Largest acceleration [rad/s^2]"),
  jerkMaxRadPerS3: positive(1e6, "Largest jerk [rad/s^3]"),
  torqueMaxNm: positive(1e4, "Largest torque [N m]"),
  homeRad: within(BOUNDS.jointRad).meta(about("Position at rest; in the rest posture the tool points down [rad]")),
};
const joint = z.discriminatedUnion("type", [
  z.strictObject({
    ...named,
    type: z.literal("revolute").optional().meta(about("Turns within its limits; the default")),
    positionMinRad: within(BOUNDS.jointRad).meta(about("Smallest position, inside the file's range [rad]")),
    positionMaxRad: within(BOUNDS.jointRad).meta(about("Largest position, inside the file's range [rad]")),
    ...moved,
  }),
  z.strictObject({
    ...named,
    type: z.literal("continuous").meta(about("Turns for ever: no smallest and no largest position, angles count modulo a turn")),
    ...moved,
  }),
]);

const placed = {
  offsetM: offsetIn.default([0, 0, 0]).meta(about("Tool point in the frame of that link or site, x, y, z [m]")),
  turnRad: turns.default([0, 0, 0]).meta(about("Turn of the tool in that frame: roll, pitch, yaw [rad]; z then points out of the tool")),
};

export const robotDescriptionSchema = z.strictObject({
  name: z.string().regex(MODEL_NAME, MODEL_NAME_IS).max(100).meta(about("What models and recordings call it")),
  file: z.string().min(1).meta(about("Its URDF or MJCF; with ./ or ../ from this file, else from where the command is started")),
  joints: z
    .array(joint)
    .min(1)
    .max(12)
    .meta(about("The joints that are moved, from base to tool; the file's other joints stand still at their zero")),
  base: z
    .strictObject({
      link: name.optional().meta(about("Link of the file at whose place the base frame is; left out: the file's own frame")),
      yawRad: within(BOUNDS.turnRad)
        .default(0)
        .meta(about("Where the front is: the base's x axis is turned by this about the vertical, as the file sees it [rad]")),
    })
    .optional()
    .meta(about("The base frame, in which cameras, work area and workspace are given; its z axis points up as the file's does")),
  tool: z
    .union([
      z.strictObject({ link: name.meta(about("Link (body) of the file that the tool is fixed to")), ...placed }),
      z.strictObject({ site: name.meta(about("Site of the file (MJCF) that the tool is at")), ...placed }),
    ])
    .meta(about("The tool point, from a link or a site of the file")),
  gripper: gripperSchema.optional().meta(about("What grips at the end of the arm; left out, its joints stand still")),
  payload: z
    .strictObject({
      massKg: positive(1000, "Mass of what is fixed to the tool's link: tool and load together [kg]"),
      centreM: offsetIn.default([0, 0, 0]).meta(about("Its centre of mass in the frame of the tool's link, x, y, z [m]")),
    })
    .optional()
    .meta(about("What the arm carries beyond the links of the file")),
  massKg: positive(
    1000,
    "What the moving links weigh together, where the file does not say it of each; it is shared out by length [kg]",
  ).optional(),
  mendInertias: z
    .boolean()
    .default(false)
    .meta(about("Inertias that no body can have are mended by adding to all three moments what is lacking; otherwise they are refused")),
});

export type RobotDescription = z.output<typeof robotDescriptionSchema>;
export type DescribedJoint = RobotDescription["joints"][number];

export function jointSpec({ homeRad: _, type, ...joint }: DescribedJoint): JointSpec {
  if ("positionMinRad" in joint) return joint;
  return { ...joint, ...(type && { type }), positionMinRad: Number.NEGATIVE_INFINITY, positionMaxRad: Number.POSITIVE_INFINITY };
}
