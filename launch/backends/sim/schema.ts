/** `backend.kind: sim`: every key with its unit, its default and its bounds. */
import * as z from "zod";
import { offsetIn } from "../../../runtime/core/bounds.ts";
import { about } from "../../config/schema-terms.ts";
import { simulatedShape } from "../simulated-shape.ts";
import { varySchema } from "./schema-vary.ts";

export const simSchema = z
  .strictObject({
    kind: z.literal("sim").meta(about("The embedded MuJoCo simulator")),
    ...simulatedShape,
    world: z
      .string()
      .min(1)
      .optional()
      .meta(
        about(
          "Socket of a world that another process serves (sim/serve-world.ts), in mode realtime: it outlives the agent and is never reset by it, as a real one. Left out, the agent has a world of its own",
        ),
      ),
    cameraSupersample: z.int().min(1).max(4).default(2).meta(about("Samples along each edge of a pixel (count)")),
    knocked: z
      .strictObject({
        shiftM: offsetIn.default([0, 0, 0]).meta(about("Every camera stands this far from where the launch file says, x, y, z [m]")),
        turnRad: z.number().min(-0.5).max(0.5).default(0).meta(about("and is turned by this about the vertical [rad]")),
      })
      .prefault({})
      .meta(about("A camera that somebody knocked against: the agent does not know")),
    vary: varySchema.optional(),
  })
  .meta(about("A simulated robot on a table with a cube"));

export type SimSection = z.output<typeof simSchema>;
