/** What no plan may do: where the arm may be, how it may move, what it may carry, what touches it, and how old what it acts on may be. */
import * as z from "zod";
import { BOUNDS, placeIn, within } from "../../runtime/core/bounds.ts";
import { PAYLOAD_KG_MAX } from "../../runtime/core/desk.ts";
import { about, name } from "./schema-terms.ts";

const box = {
  minM: placeIn.meta(about("Smallest x, y, z in the base frame [m]")),
  maxM: placeIn.meta(about("Largest x, y, z in the base frame [m]")),
};
const share = (what: string) =>
  z
    .number()
    .min(0.05)
    .max(1)
    .default(1)
    .meta(about(`Share of the robot's ${what} limits that is used (unit-free, 0.05..1)`));
const ageMs = (fallback: number, what: string) =>
  z
    .number()
    .min(1)
    .max(2000)
    .default(fallback)
    .meta(about(`${what} [ms]`));

export const guardsSchema = z.strictObject({
  workspace: z
    .strictObject({
      ...box,
      tableZM: within(BOUNDS.placeM).default(0).meta(about("Height of the table top [m]")),
      tableClearanceM: z.number().min(0).max(0.2).default(0.01).meta(about("The tool point stays this far above the table [m]")),
    })
    .meta(about("The box that the tool point never leaves")),
  keepOut: z
    .array(
      z.strictObject({
        name: name.meta(about("For messages")),
        ...box,
        marginM: z.number().min(0).max(0.5).default(0.02).meta(about("The tool point stays this far away on every side [m]")),
      }),
    )
    .max(32)
    .default([])
    .meta(about("Boxes that no link of the arm enters, its tool point with it")),
  keepOutBalls: z
    .array(
      z.strictObject({
        name: name.meta(about("For messages")),
        centreM: placeIn.meta(about("Its centre x, y, z in the base frame [m]")),
        radiusM: z.number().positive().max(2).meta(about("Its radius [m]")),
        marginM: z.number().min(0).max(0.5).default(0.02).meta(about("The arm stays this far away on every side [m]")),
      }),
    )
    .max(32)
    .default([])
    .meta(about("Balls that no link of the arm enters, its tool point with it")),
  contact: z
    .strictObject({
      torqueShare: z
        .number()
        .min(0.01)
        .max(1)
        .default(0.25)
        .meta(
          about(
            "Share of a drive's largest torque that the arm's own model may leave unexplained, where the arm tells its torques (unit-free)",
          ),
        ),
      trackingRad: z
        .number()
        .min(0.005)
        .max(1)
        .optional()
        .meta(
          about("Of an arm that tells no torques: how far a joint at rest may be from its command [rad]; left out, nobody looks at that"),
        ),
    })
    .optional()
    .meta(
      about(
        "When something counts as touching the arm: beyond either it stops, gives way by 0.05 rad a joint at most, and waits for a person. Left out, nobody looks for it",
      ),
    ),
  maxSurprise: z
    .union([z.number().positive().max(1000), z.literal("calibrated")])
    .optional()
    .meta(
      about(
        'Surprise of a decision (unit-free, 1 is about one standard deviation) above which the arm goes at half its speed, and holds after three in a row; "calibrated" is what the model\'s card says (foresight calibrate-surprise), for runs like those it was calibrated on. Left out, surprise is shown and nothing follows',
      ),
    ),
  maxToolSpeedMPerS: z
    .number()
    .positive()
    .max(3)
    .default(1)
    .meta(about("The tool point goes no faster, and slower towards a singularity [m/s]")),
  payloadKg: z
    .number()
    .min(0)
    .max(PAYLOAD_KG_MAX)
    .default(0)
    .meta(
      about(
        "What the tool carries, beside what the robot's model has there: motions that would ask too much of a drive are made smaller [kg]",
      ),
    ),
  maxObservationAgeMs: ageMs(400, "Oldest observation to act on, since we received it"),
  maxPlanAgeMs: ageMs(400, "Oldest plan to act on, since it was made"),
  velocityScale: share("joint velocity"),
  accelerationScale: share("joint acceleration"),
});
