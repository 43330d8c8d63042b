/** The closed catalogue of objective terms: what a plan may cost. Each entry knows its graph, for the solver, and its plain evaluation, for verdicts and reports. */
import { AgentError } from "../core/errors.ts";
import type { TermSpec } from "../core/skill.ts";
import { distanceM } from "../core/vec3.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { add, concat, div, expand, mul, reduceMean, reduceSum, reshape, slice, sqrt, square, sub } from "../graph/ops.ts";
import { type ImaginedPlan, latentAt, needed, toolOfLatent } from "./imagined-plan.ts";
import { type Futures, terminal, toolM } from "./rollout-graph.ts";

export interface Term {
  /** The unit of its value before weighting; "1" is unit-free. */
  readonly unit: string;
  /** Its value for each future, (samples). */
  graph(futures: Futures): Value;
  /** Its value for one future. */
  plain(plan: ImaginedPlan): number;
}

/** Expected decisions to the goal from where the plan ends. Weights the whole future beyond the horizon. */
const critic: Term = {
  unit: "decisions",
  graph: (futures) => futures.networks.critic(futures.g, terminal(futures), goals(futures, futures.samples)),
  plain: (plan) => needed(plan.criticToGoal, "criticToGoal")[plan.horizon - 1] as number,
};

/** Expected decisions to the goal, mean over the steps: also wants to get near early. */
const criticPath: Term = {
  unit: "decisions",
  graph(futures) {
    const { g, samples, horizon, latents, networks } = futures;
    const rows = samples * horizon;
    const each = networks.critic(g, reshape(g, latents, [rows, networks.spec.latentDim]), goals(futures, rows)); // (samples * horizon)
    return reduceMean(g, reshape(g, each, [samples, horizon]), [1]);
  },
  plain: (plan) => mean(needed(plan.criticToGoal, "criticToGoal")),
};

/** Root mean square difference between the visual part of the last latent and that of the goal. */
const latentDistance: Term = {
  unit: "1",
  graph(futures) {
    const { g, goal } = futures;
    const size = visualSize(futures.networks.spec);
    return sqrt(g, reduceMean(g, square(g, sub(g, slice(g, terminal(futures), 1, 0, size), slice(g, goal, 1, 0, size))), [1]));
  },
  plain(plan) {
    const last = latentAt(plan, plan.horizon - 1);
    return Math.sqrt(mean(plan.goal.subarray(0, visualSize(plan.spec)).map((value, i) => (value - (last[i] as number)) ** 2)));
  },
};

/** From the tool point at the end of the plan to the goal position. */
const toolDistance: Term = {
  unit: "m",
  graph(futures) {
    const { g, samples, horizon, latents, goalPositionM } = futures;
    const end = reshape(g, toolM(futures, slice(g, latents, 1, horizon - 1, horizon)), [samples, 3]);
    return norm(g, sub(g, end, goalPositionM));
  },
  plain: (plan) => distanceM(toolOfLatent(plan.spec, latentAt(plan, plan.horizon - 1)), plan.goalPositionM),
};

/** From the object, as the probe sees it in the last latent, to the goal position, over the table: the height of a pushed object is the table's, not the goal's. */
const objectDistance: Term = {
  unit: "m",
  graph(futures) {
    const { g, networks, goalPositionM } = futures;
    const apart = sub(g, networks.objectM(g, terminal(futures)), goalPositionM); // (samples, 3)
    return overTable(g, apart);
  },
  plain: (plan) => objectOffM(plan, plan.horizon - 1),
};

/** From the tool point to the goal position, mean over the steps: no step is free, so the first one is never a detour. */
const toolPath: Term = {
  unit: "m",
  graph(futures) {
    const { g, samples, horizon, latents, goalPositionM } = futures;
    const rows = reshape(g, toolM(futures, latents), [samples * horizon, 3]);
    return reduceMean(g, reshape(g, norm(g, sub(g, rows, goalPositionM)), [samples, horizon]), [1]);
  },
  plain: (plan) => mean(steps(plan).map((step) => distanceM(toolOfLatent(plan.spec, latentAt(plan, step)), plan.goalPositionM))),
};

/** The same for the object, over the table. */
const objectPath: Term = {
  unit: "m",
  graph(futures) {
    const { g, samples, horizon, latents, networks, goalPositionM } = futures;
    const rows = samples * horizon;
    const objects = networks.objectM(g, reshape(g, latents, [rows, networks.spec.latentDim])); // (samples * horizon, 3)
    return reduceMean(g, reshape(g, overTable(g, sub(g, objects, goalPositionM)), [samples, horizon]), [1]);
  },
  plain: (plan) => mean(steps(plan).map((step) => objectOffM(plan, step))),
};

/**
 * From the tool at the end of the plan to where it must be to push the object to the goal: STANCE_M behind its middle, over the table. Fades away as
 * the object comes near the goal. Without it a plan that ends before it touches the object is as good as none.
 */
const pushStance: Term = {
  unit: "m",
  graph(futures) {
    const { g, samples, horizon, latents, networks, goalPositionM } = futures;
    const object = slice(g, networks.objectM(g, terminal(futures)), 1, 0, 2); // (samples, 2)
    const apart = sub(g, object, slice(g, goalPositionM, 1, 0, 2)); // (samples, 2)
    const distance = reshape(g, norm(g, apart), [samples, 1]);
    const faded = add(g, distance, STANCE_FADE_M);
    const stance = add(g, object, mul(g, div(g, apart, faded), STANCE_M));
    const tool = slice(g, reshape(g, toolM(futures, slice(g, latents, 1, horizon - 1, horizon)), [samples, 3]), 1, 0, 2);
    return mul(g, norm(g, sub(g, tool, stance)), reshape(g, div(g, distance, faded), [samples]));
  },
  plain(plan) {
    const [x, y] = needed(plan.objectM, "objectM").subarray(3 * (plan.horizon - 1)) as unknown as readonly [number, number];
    const [dx, dy] = [x - plan.goalPositionM[0], y - plan.goalPositionM[1]];
    const distance = Math.hypot(dx, dy);
    const faded = distance + STANCE_FADE_M;
    const [toolX, toolY] = toolOfLatent(plan.spec, latentAt(plan, plan.horizon - 1));
    return (Math.hypot(toolX - x - (dx / faded) * STANCE_M, toolY - y - (dy / faded) * STANCE_M) * distance) / faded;
  },
};
/** From the middle of a 5 cm cube to the closed gripper that touches its side, and 1 cm to spare. */
const STANCE_M = 0.05;
const STANCE_FADE_M = 0.02;

/** How far the ensemble disagrees on what an action does, mean over the steps: keeps plans where the model has learned. */
const uncertainty: Term = {
  unit: "1",
  graph({ g, start, latents, actions, samples, horizon, networks }) {
    const { latentDim } = networks.spec;
    const first = expand(g, reshape(g, start, [1, 1, latentDim]), [samples, 1, latentDim]);
    const before = horizon === 1 ? first : concat(g, [first, slice(g, latents, 1, 0, horizon - 1)], 1); // (samples, horizon, latentDim)
    const rows = samples * horizon;
    const acted = reshape(g, actions, [rows, actions.shape[2] as number]);
    return reduceMean(g, reshape(g, networks.uncertainty(g, reshape(g, before, [rows, latentDim]), acted), [samples, horizon]), [1]);
  },
  plain: (plan) => mean(needed(plan.uncertainty, "uncertainty")),
};

/** Squared length of the action, mean over the steps. */
const effort: Term = {
  unit: "1",
  graph: ({ g, actions }) => reduceMean(g, reduceSum(g, square(g, actions), [2]), [1]),
  plain: (plan) => sumOfSquares(plan.actions) / plan.horizon,
};

/** Squared change from one action to the next, mean over the changes; zero for one step. */
const smoothness: Term = {
  unit: "1",
  graph({ g, actions, samples, horizon }) {
    if (horizon === 1) return expand(g, g.constant(0), [samples]);
    const change = sub(g, slice(g, actions, 1, 1, horizon), slice(g, actions, 1, 0, horizon - 1)); // (samples, horizon - 1, actionDim)
    return reduceMean(g, reduceSum(g, square(g, change), [2]), [1]);
  },
  plain({ actions, horizon }) {
    const actionDim = actions.length / horizon;
    const change = actions.subarray(actionDim).map((value, i) => value - (actions[i] as number));
    return horizon === 1 ? 0 : sumOfSquares(change) / (horizon - 1);
  },
};

export const TERMS: Readonly<Record<string, Term>> = {
  critic,
  "critic-path": criticPath,
  "latent-distance": latentDistance,
  "tool-distance": toolDistance,
  "tool-path": toolPath,
  "object-distance": objectDistance,
  "object-path": objectPath,
  "push-stance": pushStance,
  uncertainty,
  effort,
  smoothness,
};

/** Looks a skill's term up; throws `launch.invalid` when the name, unit or weight is not right. */
export function termOf({ term, weight, unit }: TermSpec): Term {
  const found = Object.hasOwn(TERMS, term) ? TERMS[term] : undefined;
  if (!found)
    throw new AgentError("launch.invalid", `term "${term}": is not in the catalogue; use one of ${Object.keys(TERMS).join(", ")}`);
  if (unit !== found.unit)
    throw new AgentError("launch.invalid", `term "${term}": unit "${unit}" is given, it is measured in "${found.unit}"; give that`);
  if (!(Number.isFinite(weight) && weight >= 0)) {
    throw new AgentError(
      "launch.invalid",
      `term "${term}": weight ${weight} is not a finite number >= 0; give 0 or more, a term cannot reward`,
    );
  }
  return found;
}

const visualSize = (spec: ImaginedPlan["spec"]): number => spec.latentDim - spec.proprioception.length;
const goals = ({ g, goal, networks }: Futures, rows: number): Value => expand(g, goal, [rows, networks.spec.latentDim]);
/** Euclidean length of the rows of (samples, axes); (samples). */
const norm = (g: Graph, rows: Value): Value => sqrt(g, reduceSum(g, square(g, rows), [1]));
/** Length over the table of the rows of (samples, 3); (samples). */
const overTable = (g: Graph, rows: Value): Value => norm(g, slice(g, rows, 1, 0, 2));
function objectOffM({ objectM, goalPositionM }: ImaginedPlan, step: number): number {
  const [x, y] = needed(objectM, "objectM").subarray(3 * step);
  return Math.hypot((x as number) - goalPositionM[0], (y as number) - goalPositionM[1]);
}
const steps = ({ horizon }: ImaginedPlan): readonly number[] => Array.from({ length: horizon }, (_, step) => step);
const sumOfSquares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
const mean = (values: Float32Array | readonly number[]): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};
