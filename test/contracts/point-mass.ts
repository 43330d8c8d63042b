/** The point mass that the solver contract plans for, reckoned by hand. */
import type { Plan } from "../../runtime/core/planning.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import type { ImaginedPlan } from "../../runtime/plan/imagined-plan.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { TINY_SCALE_M, tinyLatent, writeTinyModel } from "../helpers/tiny-model.ts";

export const START_M: Vec3 = [0.5, 0, 0.03];

/** Where the point mass is after each action. */
export function imaginedPath(actions: Float32Array): Vec3[] {
  let [x, y] = START_M;
  return Array.from({ length: actions.length / 2 }, (_, step): Vec3 => {
    x += TINY_SCALE_M * actions[2 * step]!;
    y += TINY_SCALE_M * actions[2 * step + 1]!;
    return [x, y, START_M[2]];
  });
}

/** The plan as the catalogue's plain evaluations take it, with critic and probe worked out by hand. */
export function imagined({ actions, predicted, horizon }: Plan, goalM: Vec3): ImaginedPlan {
  const path = imaginedPath(actions);
  return {
    spec: TINY_SPEC,
    horizon,
    start: tinyLatent(START_M),
    latents: predicted,
    actions,
    goal: tinyLatent(goalM).fill(0, 3),
    goalPositionM: goalM,
    criticToGoal: Float32Array.from(path, (at) => Math.hypot(...at.map((x, i) => x - goalM[i]!)) / TINY_SCALE_M),
    objectM: Float32Array.from(path.flat()),
    uncertainty: Float32Array.from(path, (_, step) => actions[2 * step]! ** 2 + actions[2 * step + 1]! ** 2),
  };
}

const TINY_SPEC = (await loadModelPackage(writeTinyModel())).spec;
