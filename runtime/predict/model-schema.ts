/** The schema of model.json, contract version 2: strict, finite, and with sizes that must agree. Version 1 is read into it. */
import { z } from "zod";
import { axisSchema } from "../core/axis-schema.ts";
import { BOUNDS, beyond, placeIn, within } from "../core/bounds.ts";
import {
  type ActionAxis,
  AXIS_NAMES,
  type AxisName,
  CONTRACT_VERSION,
  MODEL_NAME,
  MODEL_NAME_IS,
  type ModelSpec,
  TOOL_SIGNALS,
} from "../core/model.ts";
import { SIGNAL_UNITS } from "../core/signals.ts";

const count = z.int().positive();
/** A grid of 14 x 14 patches of 384 numbers each has 75,264, and then what is felt. */
const LATENT_DIM_MAX = 100_000;
const name = z.string().regex(MODEL_NAME, MODEL_NAME_IS);

const hash = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");

const camera = z.strictObject({
  name,
  widthPx: count.min(8).max(1024),
  heightPx: count.min(8).max(1024),
  fovYRad: within(BOUNDS.fovRad),
  positionM: placeIn,
  targetM: placeIn,
});

const file = z.strictObject({
  file: z.string().regex(/^[\w-][\w.-]*\.onnx$/, "a .onnx file in the package's own folder"),
  sha256: hash,
});

const UNITS: Readonly<Record<AxisName, ActionAxis["unit"]>> = { x: "m", y: "m", z: "m", yaw: "rad", gripper: "1" };
const SIGNALS: Readonly<Record<string, string>> = SIGNAL_UNITS;

const axes = z.array(axisSchema).min(1).max(AXIS_NAMES.length);

const signals = z
  .array(z.strictObject({ name: z.string(), unit: z.string(), mean: z.number(), std: z.number().positive() }))
  .min(TOOL_SIGNALS.length)
  .max(16);

const usual = z.strictObject({ seen: z.number().nonnegative(), felt: z.number().nonnegative(), doubt: z.number().nonnegative() });

/** Parses the content of model.json; unknown keys are errors. */
export const modelSchema = z
  .strictObject({
    contract: z.literal(CONTRACT_VERSION),
    name,
    robot: name,
    observation: z.enum(["cameras", "state"]),
    cameras: z.array(camera).max(8),
    axes,
    proprioception: signals,
    latentDim: z.int().min(4).max(LATENT_DIM_MAX),
    toolHeightM: within(BOUNDS.placeM).nullable(),
    controlPeriodS: within(BOUNDS.periodS),
    files: z.strictObject({
      encoder: file,
      predictor: file,
      critic: file,
      policy: file.optional(),
      probe: file.optional(),
      uncertainty: file.optional(),
      prior: file.optional(),
      subgoal: file.optional(),
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
    surprise: z
      .strictObject({ alpha: z.number().gt(0).lt(1), n: count, quantile: z.number().positive(), usual: usual.optional() })
      .optional(),
    sights: hash.optional(),
    cardHash: hash.optional(),
  })
  .superRefine((spec, context) => {
    for (const { path, message } of disagreements(spec)) context.addIssue({ code: "custom", path, message });
  });

/** Sizes and choices that contradict each other. */
function disagreements(spec: ModelSpec): { path: string[]; message: string }[] {
  const { cameras, observation, toolHeightM } = spec;
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
  const heightIsAction = spec.axes.some((axis) => axis.name === "z");
  if (heightIsAction !== (toolHeightM === null)) {
    const remedy = heightIsAction ? "z is an action axis: write null" : "z is no action axis: write the height held in metres";
    found.push({ path: ["toolHeightM"], message: `${toolHeightM}; ${remedy}` });
  }
  for (const { name: axis, unit, scale } of spec.axes) {
    const problem = unit === "m" ? beyond(scale, BOUNDS.stepM) : null;
    if (problem) found.push({ path: ["axes"], message: `"${axis}": scale (scaleM): ${problem}` });
  }
  for (const { name: signal, unit, mean, std } of spec.proprioception) {
    const problem = unit === "m" ? (beyond(mean, BOUNDS.placeM) ?? beyond(std, BOUNDS.spreadM)) : null;
    if (problem) found.push({ path: ["proprioception"], message: `"${signal}": mean or std: ${problem}` });
  }
  return [...found, ...misnamed(spec)];
}

/** Axes once each and in their units; the tool point felt first, every signal known and in its unit. */
function misnamed({ axes, proprioception }: ModelSpec): { path: string[]; message: string }[] {
  const twice = new Set(axes.map((axis) => axis.name)).size !== axes.length;
  const wrongUnit = axes.filter((axis) => axis.unit !== UNITS[axis.name]);
  const order = TOOL_SIGNALS.every((signal, i) => proprioception[i]?.name === signal);
  const wrongSignal = proprioception.filter((signal) => signal.unit !== SIGNALS[signal.name]);
  return [
    ...(twice ? [{ path: ["axes"], message: "two have the same name" }] : []),
    ...wrongUnit.map((axis) => ({
      path: ["axes"],
      message: `"${axis.name}" is in "${axis.unit}"; it is measured in "${UNITS[axis.name]}"`,
    })),
    ...(order ? [] : [{ path: ["proprioception"], message: `must begin with ${TOOL_SIGNALS.join(", ")}` }]),
    ...wrongSignal.map((signal) => ({
      path: ["proprioception"],
      message: `"${signal.name}" in "${signal.unit}" is not known; use ${Object.entries(SIGNALS)
        .map(([known, unit]) => `${known} [${unit}]`)
        .join(", ")}`,
    })),
  ];
}
