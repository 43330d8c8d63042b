/** Planning by gradient descent as one graph: many starts follow the slope of their cost through the world model, and the best point that any of them passed is the plan. */
import { gradients } from "../graph/backward.ts";
import { Graph, type Value } from "../graph/builder.ts";
import { add, concat, div, gather, mul, reduceMean, reduceSum, relu, reshape, slice, sqrt, square, sub, topK } from "../graph/ops.ts";
import { drawAround, proposeActions, type Search } from "./candidates.ts";
import { eliteCount } from "./cem.ts";
import { best, type Judgement, judge } from "./objective.ts";
import { declareOffered, offeredActions } from "./offered.ts";
import { declarePlan, health, type PlanProblem } from "./plan-graph.ts";
import { declarePlanInputs, type PlanInputs, rollActions, withinBounds } from "./rollout-graph.ts";

export interface GradientOptions {
  /** Length of the first step of each action, in action units, 0.01..1; later steps shrink evenly. */
  readonly learningRate: number;
}

export const GRADIENT_DEFAULTS: GradientOptions = { learningRate: 0.3 };

/** Adam's memory of the slope and of its square (Kingma and Ba 2015); short, since a plan has few steps. */
const BETA1 = 0.7;
const BETA2 = 0.9;
const EPSILON = 1e-8;
/** Cost per metre or metre per second while a constraint is violated: a millimetre outweighs a decision, as in the verdict. */
const HINGE_WEIGHT = 1000;
/** Descent keeps this far from the bound of a constraint, in its unit, so that it does not end a rounding error beyond. */
const HINGE_MARGIN = 0.001;

/** Futures that the graph imagines: every start at every step and at the end, the best of each step once more, the proposals, and what is offered. */
export const gradientFutures = ({ samples, iterations, proposals, offered }: PlanProblem): number =>
  samples * (iterations + 1) + iterations + (proposals ? Math.floor(samples / 2) : 0) + offered;

/**
 * `samples` are starts and `iterations` are steps; the problem's networks must be traced.
 * Inputs as composePlanGraph, with `noise` (1, samples, horizon, actionDim); outputs those of declarePlan and declareOffered, and `eliteCost` (1), the mean cost of the best starts.
 * Start 0 is the mean itself and every point on the way competes, so a warm start is never worsened. Constraints pull during the descent and judge at its end.
 */
export function composeGradient(problem: PlanProblem, options: GradientOptions = GRADIENT_DEFAULTS): Uint8Array {
  const { networks, objective, iterations, horizon } = problem;
  const g = new Graph("gradient");
  const inputs = declarePlanInputs(g, networks);
  const finalists: Value[] = [];
  const healths: Value[] = [];
  const adam = createAdam(inputs, options.learningRate, iterations);
  let actions = starts(inputs, problem); // (samples, horizon, actionDim)
  for (let step = 0; step < iterations; step++) {
    const futures = rollActions(inputs, actions);
    const judgement = judge(futures, objective);
    finalists.push(gather(g, actions, best(g, judgement.score)));
    healths.push(health(futures, judgement));
    const [slope] = gradients(g, loss(g, judgement), [actions]);
    actions = withinBounds(inputs, sub(g, actions, adam(direction(g, slope as Value))));
  }
  const rivals = [actions, ...finalists, ...offeredActions(inputs, problem)];
  const final = rollActions(inputs, concat(g, rivals, 0)); // (samples + iterations + offered, horizon, actionDim)
  const judgement = judge(final, objective);
  declarePlan(final, judgement, healths);
  declareOffered(final, judgement, problem);
  const elites = topK(g, judgement.score, eliteCount(problem.samples), 0, { largest: false }).indices;
  g.output("eliteCost", reshape(g, reduceMean(g, gather(g, judgement.cost, elites)), [1]));
  return g.toBytes();

  function starts(inputs: PlanInputs, { samples, proposals }: PlanProblem): Value {
    const size = [horizon, networks.spec.axes.length];
    const search: Search = { mean: g.input("mean", "float32", size), std: g.input("std", "float32", size) };
    const noise = reshape(g, g.input("noise", "float32", [1, samples, ...size]), [samples, ...size]);
    const proposed = proposals ? Math.floor(samples / 2) : 0;
    if (proposed === 0) return drawAround(inputs, search, noise);
    const drawn = drawAround(inputs, search, slice(g, noise, 0, 0, samples - proposed));
    return concat(g, [drawn, proposeActions(inputs, slice(g, noise, 0, samples - proposed, samples)).actions], 0);
  }
}

/** What is differentiated: each start's own cost, dearer the further it is beyond a constraint. */
function loss(g: Graph, { cost, violation }: Judgement): Value {
  return reduceSum(g, add(g, cost, mul(g, relu(g, add(g, violation, HINGE_MARGIN)), HINGE_WEIGHT)));
}

/** The slope of each start at length 1 an action: Adam would else remember a moment beyond a constraint, a thousand times steeper, for the rest of the descent. */
function direction(g: Graph, slope: Value): Value {
  const length = sqrt(g, reduceMean(g, square(g, slope), [1, 2], { keepDims: true })); // (samples, 1, 1)
  return div(g, slope, add(g, length, EPSILON));
}

/** From slopes, one call a step, to what is subtracted from the actions. */
function createAdam({ g }: PlanInputs, learningRate: number, steps: number): (slope: Value) => Value {
  let mean: Value | null = null;
  let meanSquare: Value | null = null;
  let step = 0;
  const blend = (old: Value | null, next: Value, keep: number): Value =>
    old ? add(g, mul(g, old, keep), mul(g, next, 1 - keep)) : mul(g, next, 1 - keep);
  return (slope) => {
    mean = blend(mean, slope, BETA1);
    meanSquare = blend(meanSquare, square(g, slope), BETA2);
    step++;
    const length = (learningRate * (1 - (step - 1) / steps)) / (1 - BETA1 ** step);
    const scale = add(g, sqrt(g, div(g, meanSquare, 1 - BETA2 ** step)), EPSILON);
    return div(g, mul(g, mean, length), scale);
  };
}
