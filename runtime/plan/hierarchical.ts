/** Planning on two levels as one graph: a sampled subgoal on the way, and towards it the best of what a learned prior and the habit would do (HECRL 2602.02722; LeWM++). */
import { CHUNK_DECISIONS } from "../core/model.ts";
import { Graph, type Value } from "../graph/builder.ts";
import {
  add,
  cast,
  concat,
  expand,
  gather,
  greater,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  sub,
  tile,
  topK,
  where,
} from "../graph/ops.ts";
import { firstSilent, proposeActions } from "./candidates.ts";
import { eliteCount } from "./cem.ts";
import { best, type Judgement, judge } from "./objective.ts";
import { offeredActions } from "./offered.ts";
import { oneSwitch } from "./one-switch.ts";
import { declarePlan, health, type PlanProblem } from "./plan-graph.ts";
import { declarePlanInputs, type Futures, joinFutures, limited, type PlanInputs, rollActions } from "./rollout-graph.ts";
import { chooseSubgoal, type SubgoalOptions } from "./subgoal-choice.ts";

export interface HierarchicalOptions extends SubgoalOptions {
  /** Decisions that a subgoal is kept, count. */
  readonly keptDecisions: number;
  /** While the critic sees the goal further away than this the habit acts and nothing is chosen, decisions. */
  readonly habitBeyondDecisions: number;
  /** Times that new candidates are drawn close to the best, count. */
  readonly refits: number;
}

/** Measured on the true state (robots/panda/world-models/README.md): one subgoal as it is sampled places more than the best of many by the critic, which takes those for nearest that it knows least of; every refit did harm. */
export const HIERARCHICAL_DEFAULTS: HierarchicalOptions = {
  subgoals: 1,
  reachDecisions: 12,
  nearDecisions: 3,
  keptDecisions: 2,
  habitBeyondDecisions: 35,
  refits: 0,
};

/** 8 of 40 candidates are the habit's. */
const HABIT_SHARE = 0.2;
/** How far a refit looks around a candidate, in action units: close enough to stay where the prior has been. */
const REFIT_STD = 0.1;
/** Puts the habit first while it is to act; no cost is so low. */
const PREFERRED_SCORE = -1e9;

/** Who proposed a candidate. */
export const DECIDERS = ["prior", "habit", "warm-start", "refit", "memory"] as const;

/** How many of the first candidates are whose: of the habit only where the policy proposes. */
export function candidateParts({ samples, proposals }: Pick<PlanProblem, "samples" | "proposals">): { prior: number; habit: number } {
  const habit = proposals ? Math.min(samples - 1, Math.ceil(samples * HABIT_SHARE)) : 0;
  return { prior: samples - habit, habit };
}

/** Futures that the graph imagines: the habit's once more, to know what it would do, the warm start, and what is offered. */
export const hierarchicalFutures = (problem: PlanProblem): number =>
  problem.samples * problem.iterations + candidateParts(problem).habit + 1 + problem.offered;

/**
 * `iterations` are the first draw and the refits. Inputs: those of declarePlanInputs and chooseSubgoal, `warmStart` (horizon, actionDim), `priorNoise` (prior, CHUNK_DECISIONS * actionDim);
 * with proposals `habitNoise` (habit, horizon, actionDim) and `mayFollow` (1), 1 where the habit may act alone; with refits `refitNoise` (refits, samples, horizon, actionDim). Noise is standard normal.
 * Outputs: those of declarePlan, `subgoal` (1, latentDim), `decider` (1), an index of DECIDERS, and `eliteCost` (1).
 * What is offered is imagined last, so that no refit looks around it. Terms are judged towards the subgoal, the prior sees the goal; the first of the prior and of the habit are without noise.
 */
export function composeHierarchical(problem: PlanProblem, options: HierarchicalOptions): Uint8Array {
  const { networks, objective, samples } = problem;
  const g = new Graph("hierarchical");
  const inputs = declarePlanInputs(g, networks);
  const choice = chooseSubgoal(inputs, options);
  const towards: PlanInputs = { ...inputs, goal: choice.subgoal };
  const drawn = drawCandidates(inputs, towards, problem);
  const prefer = habitFirst(towards, choice.toGoal, problem, options);
  const rolled = (actions: Value): Futures => rollActions(towards, oneSwitch(inputs, limited(inputs, actions)));
  let futures = rolled(drawn);
  let judgement = prefer(judge(futures, objective));
  const healths: Value[] = [];
  for (const noise of refitNoises(g, problem)) {
    healths.push(health(futures, judgement));
    futures = joinFutures(futures, rolled(around(futures, judgement, noise)));
    judgement = prefer(judge(futures, objective));
  }
  for (const offered of offeredActions(inputs, problem)) {
    futures = joinFutures(futures, rolled(offered));
    judgement = prefer(judge(futures, objective));
  }
  declarePlan(futures, judgement, [...healths, add(g, choice.health, reshape(g, reduceSum(g, drawn), [1]))]);
  g.output("subgoal", choice.subgoal);
  g.output("decider", gather(g, deciders(g, problem), best(g, judgement.score)));
  const elites = topK(g, judgement.score, eliteCount(samples), 0, { largest: false }).indices;
  g.output("eliteCost", reshape(g, reduceMean(g, gather(g, judgement.cost, elites)), [1]));
  return g.toBytes();
}

/** Chunks of the prior, the habit towards the subgoal, the warm start: (samples + 1, horizon, actionDim). */
function drawCandidates(inputs: PlanInputs, towards: PlanInputs, problem: PlanProblem): Value {
  const { g, networks, start, goal } = inputs;
  const { horizon } = problem;
  const { latentDim, axes } = networks.spec;
  const { prior, habit } = candidateParts(problem);
  const noise = firstSilent(g, g.input("priorNoise", "float32", [prior, CHUNK_DECISIONS * axes.length]));
  const [starts, goals] = [start, goal].map((each) => expand(g, each, [prior, latentDim])) as [Value, Value];
  const chunks = slice(g, networks.prior(g, starts, goals, noise), 1, 0, horizon);
  const warm = reshape(g, g.input("warmStart", "float32", [horizon, axes.length]), [1, horizon, axes.length]);
  if (habit === 0) return concat(g, [chunks, warm], 0);
  const habits = proposeActions(towards, g.input("habitNoise", "float32", [habit, horizon, axes.length]));
  return concat(g, [chunks, habits.actions, warm], 0);
}

/** While the goal is far and nothing forbids it, the habit's own future scores below all others. */
function habitFirst(
  { g }: PlanInputs,
  toGoal: Value,
  problem: PlanProblem,
  options: HierarchicalOptions,
): (judged: Judgement) => Judgement {
  const { prior, habit } = candidateParts(problem);
  if (habit === 0) return (judged) => judged;
  const mayFollow = g.input("mayFollow", "float32", [1]);
  const isFar = mul(g, cast(g, greater(g, toGoal, options.habitBeyondDecisions), "float32"), mayFollow);
  return (judged) => {
    const rows = judged.score.shape[0] as number;
    const own = g.constant(Float32Array.from({ length: rows }, (_, row) => (row === prior ? 1 : 0)));
    const isAllowed = sub(g, 1, cast(g, greater(g, judged.violation, 0), "float32"));
    const isPreferred = greater(g, mul(g, mul(g, own, isAllowed), isFar), 0.5);
    return { ...judged, score: where(g, isPreferred, PREFERRED_SCORE, judged.score) };
  };
}

/** A piece of the input `refitNoise` for each refit, (samples, horizon, actionDim). */
function refitNoises(g: Graph, { samples, iterations, horizon, networks }: PlanProblem): readonly Value[] {
  const refits = iterations - 1;
  if (refits === 0) return [];
  const size = [samples, horizon, networks.spec.axes.length];
  const all = g.input("refitNoise", "float32", [refits, ...size]);
  return Array.from({ length: refits }, (_, refit) => reshape(g, slice(g, all, 0, refit, refit + 1), size));
}

/** New candidates close to the best ones, by noise of (samples, horizon, actionDim); what their switches do stays as it is. */
function around({ g, actions, networks }: Futures, { score }: Judgement, noise: Value): Value {
  const [samples, horizon, actionDim] = noise.shape as [number, number, number];
  const count = eliteCount(samples);
  const elites = gather(g, actions, topK(g, score, count, 0, { largest: false }).indices); // (count, horizon, actionDim)
  const centres = slice(g, tile(g, elites, [Math.ceil(samples / count), 1, 1]), 0, 0, samples);
  const spread = Float32Array.from(networks.spec.axes, ({ kind }) => (kind === "switch" ? 0 : REFIT_STD));
  return add(g, reshape(g, centres, [samples, horizon, actionDim]), mul(g, noise, g.constant(spread, [actionDim])));
}

/** Whose each candidate is, as an index of DECIDERS: (futures). */
function deciders(g: Graph, problem: PlanProblem): Value {
  const { prior, habit } = candidateParts(problem);
  const refits = problem.samples * (problem.iterations - 1);
  const rows = [prior, habit, 1, refits, problem.offered].flatMap((count, who) => new Array<number>(count).fill(who));
  return g.constant(Float32Array.from(rows));
}
