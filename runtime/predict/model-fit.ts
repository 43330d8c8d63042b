/** Does a model package fit this robot and its cameras? A model only knows the views and actions it was trained with. */
import { AgentError } from "../core/errors.ts";
import type { AxisName, ModelPackage } from "../core/model.ts";
import type { CameraSpec } from "../core/sensing.ts";
import { distanceM, type Vec3 } from "../core/vec3.ts";

/** A camera may stand this far from where it stood in training. */
const POSITION_TOLERANCE_M = 0.005;
const FOV_TOLERANCE_RAD = 0.005;

/** What the launch file brings together with the model. */
export interface Surroundings {
  readonly cameras: readonly CameraSpec[];
  /** The axes that the skill moves along. */
  readonly actionAxes: readonly AxisName[];
}

/** Throws `model.mismatch` at the first difference; cameras beside those of the model do not matter. */
export function checkModelFits({ spec }: ModelPackage, { cameras, actionAxes }: Surroundings): void {
  const subject = `model package ${spec.name}`;
  const axes = spec.axes.map(({ name }) => name);
  if (axes.join() !== actionAxes.join()) {
    const message = `${subject}: acts along ${axes.join(", ")} but the skill along ${actionAxes.join(", ")}; choose a model or a skill that fits`;
    throw new AgentError("model.mismatch", message);
  }
  for (const trained of spec.cameras) {
    const camera = cameras.find(({ name }) => name === trained.name);
    if (camera) {
      checkCamera(subject, camera, trained);
      continue;
    }
    const given = cameras.map(({ name }) => `"${name}"`).join(", ") || "none";
    const message = `${subject}: camera "${trained.name}" is not given, there is ${given}; add it to the launch file's cameras`;
    throw new AgentError("model.mismatch", message);
  }
}

function checkCamera(subject: string, given: CameraSpec, trained: CameraSpec): void {
  const refuse = (what: string, is: string, was: string, unit: string): never => {
    const message = `${subject}: camera "${trained.name}": ${what} is ${is} ${unit}, the model was trained with ${was} ${unit}; set it so or train again`;
    throw new AgentError("model.mismatch", message);
  };
  if (given.widthPx !== trained.widthPx || given.heightPx !== trained.heightPx) {
    refuse("size", `${given.widthPx}x${given.heightPx}`, `${trained.widthPx}x${trained.heightPx}`, "px");
  }
  if (!(Math.abs(given.fovYRad - trained.fovYRad) <= FOV_TOLERANCE_RAD)) {
    refuse("vertical field of view", given.fovYRad.toFixed(4), trained.fovYRad.toFixed(4), "rad");
  }
  if (!(distanceM(given.positionM, trained.positionM) <= POSITION_TOLERANCE_M)) {
    refuse("position", format(given.positionM), format(trained.positionM), "m");
  }
  if (!(distanceM(given.targetM, trained.targetM) <= POSITION_TOLERANCE_M)) {
    refuse("target", format(given.targetM), format(trained.targetM), "m");
  }
}
const format = (point: Vec3): string => `(${point.map((value) => value.toFixed(3)).join(", ")})`;
