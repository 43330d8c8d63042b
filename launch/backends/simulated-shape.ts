/** What every simulated world has in a launch file, whoever simulates it. */
import * as z from "zod";
import { sceneSchema } from "../config/schema-scene.ts";
import { about, name, seed } from "../config/schema-terms.ts";

export const simulatedShape = {
  mode: z
    .enum(["realtime", "lockstep"])
    .default("realtime")
    .meta(about("realtime: the world goes on while the agent thinks; lockstep: it waits, and the same seed gives the same bytes")),
  episode: name
    .optional()
    .meta(about("Whose starts and goals are drawn, the name of a skill; left out: of the task's first skill that has any")),
  moveM: z
    .tuple([z.number().min(0).max(2), z.number().min(0).max(2)])
    .refine(([least, most]) => least < most, "the least comes first, and is less than the most")
    .optional()
    .meta(about("How far a trial moves the thing, or the tool where there is none: least and most [m]; left out: as its skill has it")),
  sceneSeed: seed.default(1).meta(about("Seed of the start and the goal")),
  cameraRateHz: z.number().min(1).max(60).default(20).meta(about("Pictures a second of each camera, in realtime [Hz]")),
  latencyMs: z
    .number()
    .min(0)
    .max(500)
    .default(0)
    .meta(about("In lockstep: pretended time from a picture to the effect of the decision on it [ms]")),
  scene: sceneSchema.prefault({}),
};
