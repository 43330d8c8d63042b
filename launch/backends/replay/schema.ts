/** `backend.kind: replay`: which recording. */
import * as z from "zod";
import { about } from "../../config/schema-terms.ts";

export const replaySchema = z
  .strictObject({
    kind: z.literal("replay").meta(about("A recording instead of a robot")),
    path: z
      .string()
      .min(1)
      .meta(about("Recording made by `record`; with ./ or ../ from this file, else from where the command is started")),
  })
  .meta(about("A recorded run: the agent decides again on what was seen, and is held against what was decided"));
