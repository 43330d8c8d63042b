/** The schema of model.json, contract version 1: strict, finite, and with sizes that must agree. */
import { z } from "zod";
import { MODEL_NAME, MODEL_NAME_IS, type ModelSpec } from "../core/model.ts";

export const CONTRACT_VERSION = 1;

const count = z.int().positive();
const vec3 = z.tuple([z.number(), z.number(), z.number()]);
const name = z.string().regex(MODEL_NAME, MODEL_NAME_IS);

const camera = z.strictObject({
  name,
  widthPx: count.min(8).max(1024),
  heightPx: count.min(8).max(1024),
  fovYRad: z.number().min(0.05).max(3),
  positionM: vec3,
  targetM: vec3,
});

const file = z.strictObject({
  file: z.string().regex(/^[\w-][\w.-]*\.onnx$/, "a .onnx file in the package's own folder"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits"),
});

const proprioception = z.strictObject({
  signals: z.tuple([z.literal("tool.x"), z.literal("tool.y"), z.literal("tool.z")]),
  mean: vec3,
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
});

const axes = z.union([z.tuple([z.literal("x"), z.literal("y")]), z.tuple([z.literal("x"), z.literal("y"), z.literal("z")])]);

/** Parses the content of model.json; unknown keys are errors. */
export const modelSchema = z
  .strictObject({
    contract: z.literal(CONTRACT_VERSION),
    name,
    robot: name,
    observation: z.enum(["cameras", "state"]),
    cameras: z.array(camera).max(8),
    proprioception,
    latentDim: z.int().min(4).max(4096),
    action: z.strictObject({ axes, scaleM: z.number().positive().max(0.5) }),
    toolHeightM: z.number().nullable(),
    controlPeriodS: z.number().positive().max(10),
    files: z.strictObject({
      encoder: file,
      predictor: file,
      critic: file,
      policy: file.optional(),
      probe: file.optional(),
      uncertainty: file.optional(),
    }),
    training: z.looseObject({
      dataHash: z.string(),
      frames: z.int().nonnegative(),
      seed: z.int(),
      minutes: z.number().nonnegative(),
      producer: z.string(),
      productVersion: z.string(),
    }),
    evaluation: z.record(z.string(), z.json()),
  })
  .superRefine((spec, context) => {
    for (const { path, message } of disagreements(spec)) context.addIssue({ code: "custom", path, message });
  });

/** Sizes and choices that contradict each other. */
function disagreements(spec: ModelSpec): { path: string[]; message: string }[] {
  const { cameras, observation, action, toolHeightM } = spec;
  const found: { path: string[]; message: string }[] = [];
  const [first] = cameras;
  if (observation === "cameras" && !first)
    found.push({ path: ["cameras"], message: 'empty, but observation is "cameras"; name at least one' });
  if (observation === "state" && first) found.push({ path: ["cameras"], message: 'not empty, but observation is "state"; leave it empty' });
  if (new Set(cameras.map((each) => each.name)).size !== cameras.length)
    found.push({ path: ["cameras"], message: "two have the same name" });
  for (const each of cameras) {
    if (each.widthPx === first?.widthPx && each.heightPx === first.heightPx) continue;
    const sizes = `${each.widthPx}x${each.heightPx} px, "${first?.name}" is ${first?.widthPx}x${first?.heightPx} px`;
    found.push({ path: ["cameras"], message: `"${each.name}" is ${sizes}; all must have one size` });
  }
  const heightIsAction = (action.axes as readonly string[]).includes("z");
  if (heightIsAction !== (toolHeightM === null)) {
    const remedy = heightIsAction ? "z is an action axis: write null" : "z is no action axis: write the height held in metres";
    found.push({ path: ["toolHeightM"], message: `${toolHeightM}; ${remedy}` });
  }
  return found;
}
