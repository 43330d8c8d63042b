/** Contract version 1, in which tools moved by one length along x, y and perhaps z and felt their own place: as version 2. */
import { z } from "zod";
import { CONTRACT_VERSION, displacementAxes, TOOL_SIGNALS } from "../core/model.ts";
import { modelSchema } from "./model-schema.ts";

const vec3 = z.tuple([z.number(), z.number(), z.number()]);
const positive = z.number().positive();

/** Only what changed; everything else is checked as version 2. */
const changed = z.looseObject({
  proprioception: z.strictObject({
    signals: z.tuple([z.literal("tool.x"), z.literal("tool.y"), z.literal("tool.z")]),
    mean: vec3,
    std: z.tuple([positive, positive, positive]),
  }),
  action: z.strictObject({
    axes: z.union([z.tuple([z.literal("x"), z.literal("y")]), z.tuple([z.literal("x"), z.literal("y"), z.literal("z")])]),
    scaleM: positive.max(0.5),
  }),
});

/** Parses the content of a model.json of version 1 into what version 2 says of it. */
export const version1Schema = changed
  .transform(({ action, proprioception: { mean, std }, ...rest }) => ({
    ...rest,
    contract: CONTRACT_VERSION as typeof CONTRACT_VERSION,
    axes: displacementAxes(action),
    proprioception: TOOL_SIGNALS.map((name, i) => ({ name: name as string, unit: "m", mean: mean[i]!, std: std[i]! })),
  }))
  .pipe(modelSchema);
