/** The backend section of a launch file: one of the backends' own. */
import * as z from "zod";
import { about } from "../config/schema-terms.ts";
import { feetechSchema } from "./feetech/schema.ts";
import { gazeboSchema } from "./gazebo/schema.ts";
import { replaySchema } from "./replay/schema.ts";
import { ros2Schema } from "./ros2/schema.ts";
import { simSchema } from "./sim/schema.ts";

export const backendSchema = z
  .discriminatedUnion("kind", [simSchema, gazeboSchema, ros2Schema, feetechSchema, replaySchema])
  .meta(about("What stands for the robot: sim, gazebo, ros2, feetech or replay"));
