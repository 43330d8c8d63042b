/** How an action axis is written in model.json and in a data set's meta.json, checked on reading. */
import * as z from "zod";
import { AXIS_NAMES } from "./model.ts";

export const axisSchema = z.strictObject({
  name: z.enum(AXIS_NAMES),
  unit: z.enum(["m", "rad", "1"]),
  scale: z.number().positive().max(Math.PI),
  kind: z.enum(["continuous", "switch"]),
});
