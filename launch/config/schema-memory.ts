/** What an agent remembers of its attempts, in a launch file: where, how many, and how many of them compete in a plan. */
import * as z from "zod";
import { about } from "./schema-terms.ts";

export const memorySchema = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .meta(about("Folder for what was done, one for each agent, relative to where the command is started; made where there is none")),
    episodes: z
      .int()
      .min(1)
      .max(200)
      .default(100)
      .meta(about("Attempts that are kept (count): of more, those that failed go first, then the oldest")),
    candidates: z
      .int()
      .min(2)
      .max(4)
      .default(4)
      .meta(about("Futures that memory offers the planner at each decision, beside its own (count)")),
  })
  .meta(
    about(
      "Remember attempts over the end of the run, and let the planner judge what was done before where the world looked much like now; for goals that are pictures, with planner.policy mode2. Left out (as by default) nothing is remembered",
    ),
  );
