/** The closed catalogue of plan constraints: what the predicted tool may not do. Violations are in the constraint's unit; a plan is feasible when all are <= 0. */
import { z } from "zod";
import { placeIn } from "../core/bounds.ts";
import { AgentError } from "../core/errors.ts";
import { objections } from "../core/objections.ts";
import type { ConstraintSpec } from "../core/skill.ts";
import { distanceM, type Vec3 } from "../core/vec3.ts";
import type { Value } from "../graph/builder.ts";
import { add, concat, div, expand, max, min, mul, neg, reduceMax, reduceSum, reshape, slice, sqrt, square, sub } from "../graph/ops.ts";
import { type ImaginedPlan, latentAt, toolOfLatent } from "./imagined-plan.ts";
import { type Futures, toolM } from "./rollout-graph.ts";

/** A constraint with its numbers filled in. */
export interface Constraint {
  readonly name: string;
  readonly unit: "m" | "m/s";
  /** The worst violation of each future, (samples). */
  graph(futures: Futures): Value;
  /** The worst violation of one future. */
  plain(plan: ImaginedPlan): number;
}

/** Points looked at between one predicted tool position and the next, the latter included: a 3 cm step is seen every centimetre. */
const PATH_POINTS_PER_STEP = 3;

const box = z
  .strictObject({ minM: placeIn, maxM: placeIn })
  .refine(({ minM, maxM }) => minM.every((low, i) => low < (maxM[i] as number)), "minM must be below maxM on every axis");
const speed = z.strictObject({ maxMPerS: z.number().positive() });

type Box = z.infer<typeof box>;

/** The tool stays inside a box at every step. */
function workspace({ minM, maxM }: Box): Constraint {
  return {
    name: "workspace",
    unit: "m",
    graph(futures) {
      const { g, latents } = futures;
      const at = toolM(futures, latents); // (samples, horizon, 3)
      return reduceMax(g, max(g, sub(g, corner(futures, minM), at), sub(g, at, corner(futures, maxM))), [1, 2]);
    },
    plain: (plan) =>
      Math.max(
        ...toolPath(plan)
          .slice(1)
          .map((at) => Math.max(...axes((i) => Math.max(minM[i] - at[i], at[i] - maxM[i])))),
      ),
  };
}

/** The tool's mean speed over each decision stays below a maximum. */
function toolSpeed({ maxMPerS }: z.infer<typeof speed>): Constraint {
  return {
    name: "tool-speed",
    unit: "m/s",
    graph(futures) {
      const { g, networks } = futures;
      const { from, to } = toolSteps(futures);
      const lengthM = sqrt(g, reduceSum(g, square(g, sub(g, to, from)), [2])); // (samples, horizon)
      return reduceMax(g, sub(g, div(g, lengthM, networks.spec.controlPeriodS), maxMPerS), [1]);
    },
    plain(plan) {
      const path = toolPath(plan);
      const speeds = path.slice(1).map((at, step) => distanceM(at, path[step] as Vec3) / plan.spec.controlPeriodS);
      return Math.max(...speeds) - maxMPerS;
    },
  };
}

/** The tool's path, straight between predicted positions, stays outside a box; the violation is the depth to the nearest face. */
function keepOut({ minM, maxM }: Box): Constraint {
  return {
    name: "keep-out",
    unit: "m",
    graph(futures) {
      const { g } = futures;
      const { from, to } = toolSteps(futures);
      const points = fractions().map((part) => add(g, from, mul(g, sub(g, to, from), part)));
      const path = concat(g, points, 1); // (samples, horizon * PATH_POINTS_PER_STEP, 3)
      const inside = min(g, sub(g, path, corner(futures, minM)), sub(g, corner(futures, maxM), path));
      const depth = neg(g, reduceMax(g, neg(g, inside), [2])); // (samples, horizon * PATH_POINTS_PER_STEP)
      return reduceMax(g, depth, [1]);
    },
    plain(plan) {
      const path = toolPath(plan);
      const depths = path.slice(1).flatMap((to, step) => {
        const from = path[step] as Vec3;
        return fractions().map((part) => {
          const at = axes((i) => from[i] + (to[i] - from[i]) * part);
          return Math.min(...axes((i) => Math.min(at[i] - minM[i], maxM[i] - at[i])));
        });
      });
      return Math.max(...depths);
    },
  };
}

const CATALOGUE: Readonly<Record<string, (params: unknown) => Constraint>> = {
  workspace: (params) => workspace(box.parse(params)),
  "tool-speed": (params) => toolSpeed(speed.parse(params)),
  "keep-out": (params) => keepOut(box.parse(params)),
};

/** Looks a skill's constraint up and checks its numbers; throws `launch.invalid` when either is not right. */
export function constraintOf({ constraint, params }: ConstraintSpec): Constraint {
  const make = Object.hasOwn(CATALOGUE, constraint) ? CATALOGUE[constraint] : undefined;
  if (!make) {
    const known = Object.keys(CATALOGUE).join(", ");
    throw new AgentError("launch.invalid", `constraint "${constraint}": is not in the catalogue; use one of ${known}`);
  }
  try {
    return make(params);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw new AgentError(
      "launch.invalid",
      `constraint "${constraint}": ${JSON.stringify(params)}: ${objections(cause)}; correct the params of the skill`,
      { cause },
    );
  }
}

/** Predicted tool positions before and after each step, both (samples, horizon, 3). */
function toolSteps(futures: Futures): { from: Value; to: Value } {
  const { g, samples, horizon, start, latents, networks } = futures;
  const to = toolM(futures, latents);
  const first = expand(g, toolM(futures, reshape(g, start, [1, 1, networks.spec.latentDim])), [samples, 1, 3]);
  const from = horizon === 1 ? first : concat(g, [first, slice(g, to, 1, 0, horizon - 1)], 1);
  return { from, to };
}

/** The start and every predicted tool position of one future: horizon + 1 points. */
const toolPath = (plan: ImaginedPlan): Vec3[] =>
  Array.from({ length: plan.horizon + 1 }, (_, i) => toolOfLatent(plan.spec, latentAt(plan, i - 1)));

const fractions = (): number[] => Array.from({ length: PATH_POINTS_PER_STEP }, (_, i) => (i + 1) / PATH_POINTS_PER_STEP);
const corner = ({ g }: Futures, pointM: Vec3): Value => g.constant(Float32Array.from(pointM));
const axes = (of: (axis: 0 | 1 | 2) => number): [number, number, number] => [of(0), of(1), of(2)];
