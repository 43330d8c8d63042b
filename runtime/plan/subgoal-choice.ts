/** Chooses in a graph what a plan goes towards first: the best of many sampled subgoals, the one kept from before, or the goal itself. */
import type { Value } from "../graph/builder.ts";
import { add, concat, expand, gather, greater, mul, reduceSum, relu, reshape, slice, sub, topK, where } from "../graph/ops.ts";
import type { PlanInputs } from "./rollout-graph.ts";

export interface SubgoalOptions {
  /** Drawn each time, count; 0 goes straight for the goal. */
  readonly subgoals: number;
  /** A subgoal further away than this is dropped, decisions; the nearest is taken where all are. */
  readonly reachDecisions: number;
  /** With the goal no further than this it is its own subgoal, decisions. */
  readonly nearDecisions: number;
}

/** What the critic thinks of the subgoal counts this much, of one more sampled from it all: the first may be seen on a detour (22 of 30 with such a chain). */
const BETWEEN_WEIGHT = 0.3;
/** Cost of a decision out of reach, in decisions: only where nothing is in reach the nearest is taken. */
const PENALTY_OUT_OF_REACH = 1000;

export interface Choice {
  /** (1, latentDim), proprioception zero. */
  readonly subgoal: Value;
  /** The critic from here to the goal, decisions, (1). */
  readonly toGoal: Value;
  /** Not finite when something that was sampled or judged is not, (1). */
  readonly health: Value;
}

/** Graph inputs of its own: `subgoalNoise` (2, subgoals, seen entries), `keptSubgoal` (1, latentDim) and `keep` (1), 1 to go on with the kept one. */
export function chooseSubgoal(inputs: PlanInputs, { subgoals, reachDecisions, nearDecisions }: SubgoalOptions): Choice {
  const { g, networks, start, goal } = inputs;
  const toGoal = networks.critic(g, start, goal);
  if (subgoals === 0) return { subgoal: goal, toGoal, health: reshape(g, reduceSum(g, toGoal), [1]) };
  const { latentDim, proprioception } = networks.spec;
  const noise = g.input("subgoalNoise", "float32", [2, subgoals, latentDim - proprioception.length]);
  const kept = g.input("keptSubgoal", "float32", [1, latentDim]);
  const isKept = greater(g, g.input("keep", "float32", [1]), 0.5);
  const [starts, goals] = [start, goal].map((each) => expand(g, each, [subgoals, latentDim])) as [Value, Value];
  const noiseOf = (link: number): Value => reshape(g, slice(g, noise, 0, link, link + 1), [subgoals, latentDim - proprioception.length]);
  const drawn = networks.subgoal(g, starts, goals, noiseOf(0)); // (subgoals, latentDim)
  const beyond = networks.subgoal(g, drawn, goals, noiseOf(1)); // What would come after each.
  const away = networks.critic(g, starts, drawn); // (subgoals)
  const between = networks.critic(g, drawn, goals);
  const left = networks.critic(g, beyond, goals);
  const through = add(g, left, mul(g, between, BETWEEN_WEIGHT));
  const cost = add(g, through, mul(g, relu(g, sub(g, away, reachDecisions)), PENALTY_OUT_OF_REACH));
  const { indices } = topK(g, cost, 1, 0, { largest: false });
  const fresh = gather(g, drawn, indices);
  const subgoal = where(g, greater(g, toGoal, nearDecisions), where(g, isKept, kept, fresh), goal);
  const sums = [toGoal, away, between, left, drawn, beyond].map((each) => reshape(g, reduceSum(g, each), [1]));
  return { subgoal, toGoal, health: reduceSum(g, concat(g, sums, 0), [0], { keepDims: true }) };
}
