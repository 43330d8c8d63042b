/** `backend.vary`: how each trial's world may differ from what the launch file says. */
import * as z from "zod";
import type { Vary } from "../../../sim/vary/vary.ts";
import { about } from "../../config/schema-terms.ts";

const share = (fallback: number, most: number) => z.number().min(0).max(most).default(fallback);
const hueRad = z
  .number()
  .min(0)
  .max(2 * Math.PI);

/** Around blue, 210 to 270 degrees. */
const HELD_OUT_HUE_RAD = [3.6652, 4.7124] as const;

const sizeRangeM = z
  .tuple([z.number().min(0.01).max(0.2), z.number().min(0.01).max(0.2)])
  .refine(([from, to]) => from < to, "the first must be below the second");

const bodies = z
  .strictObject({
    kinds: z
      .array(z.enum(["box", "cylinder", "ball"]))
      .min(1)
      .max(3)
      .default(["box", "cylinder", "ball"])
      .meta(about("Shapes, each alike often")),
    sizes: z.enum(["seen", "held-out"]).default("seen").meta(about("seen: any size but the held-out ones; held-out: one of those alone")),
    sizeM: sizeRangeM.default([0.03, 0.07]).meta(about("Smallest and largest edge, or diameter and height, of a thing [m]")),
    heldOutSizeM: sizeRangeM
      .default([0.055, 0.062])
      .meta(about("Within that range from one up to another, which are never shown while it learns [m]")),
  })
  .refine(({ sizeM, heldOutSizeM }) => sizeM[0] <= heldOutSizeM[0] && heldOutSizeM[1] <= sizeM[1], {
    path: ["heldOutSizeM"],
    message: "must lie within sizeM",
  })
  .meta(
    about(
      "Loose things differ in shape and size too, their mass stays; {} takes every default. Left out (as by default) they are as the scene says",
    ),
  );

export const varySchema = z
  .strictObject({
    take: z
      .int()
      .min(0)
      .max(1000)
      .optional()
      .meta(
        about("Another number is another look of the same trials, in which the same moves: a second data set, for train --retake (number)"),
      ),
    hues: z
      .enum(["told", "seen", "held-out"])
      .default("seen")
      .meta(about("Of each loose thing. told: as the scene says; seen: any but the held-out ones; held-out: one of those alone")),
    heldOutHueRad: z
      .tuple([hueRad, hueRad])
      .refine(([from, to]) => from < to, "the first must be below the second")
      .default([...HELD_OUT_HUE_RAD])
      .meta(about("From one hue up to another, which are never shown while it learns; 0 is red, 2.09 green, 4.19 blue [rad]")),
    bodies: bodies.optional(),
    saturationShare: share(0.2, 1).meta(about("Saturation of loose things, give or take this share of it (unit-free)")),
    valueShare: share(0.2, 1).meta(about("Brightness of loose things, give or take this share of it (unit-free)")),
    tableShare: share(0.15, 1).meta(about("Brightness of the table, give or take this share of it (unit-free)")),
    robotShare: share(0.15, 1).meta(about("Brightness of the robot, give or take this share of it (unit-free)")),
    lightShare: share(0.3, 1).meta(about("All lights together, give or take this share of scene.lightScale (unit-free)")),
    lightTurnRad: share(0.5, 1.5).meta(about("Each light shines from a direction that is turned by at most this about any axis [rad]")),
    cameraShiftM: share(0.02, 0.2).meta(about("Each camera stands at most so far from where the launch file says [m]")),
    cameraTurnRad: share(0.035, 0.5).meta(about("and is turned by at most this about any axis; its picture stays upright [rad]")),
  })
  .meta(
    about(
      "Each trial's world is drawn from the trial's seed, the same in its start and in the picture of its goal; {} takes every default. Left out (as by default) every world is as the launch file says",
    ),
  ) satisfies z.ZodType<Vary>;
