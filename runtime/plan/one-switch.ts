/** Rounds what a switch is to do over a chunk of decisions: one of two at every step, and changed once at most. */
import type { Graph, Value } from "../graph/builder.ts";
import { concat, gather, less, matMul, reshape, slice, topK, transpose, where } from "../graph/ops.ts";
import type { PlanInputs } from "./rollout-graph.ts";

/**
 * Actions of (n, horizon, actionDim) whose switches follow the nearest of the patterns with at most one change: a hand that hovers between its two chooses one,
 * and one that chatters keeps to one (a scripted errand changes it twice in 22 decisions, so once in a chunk is enough).
 */
export function oneSwitch(inputs: PlanInputs, actions: Value): Value {
  const { g, networks } = inputs;
  const { axes } = networks.spec;
  if (axes.every(({ kind }) => kind !== "switch")) return actions;
  const columns = axes.map(({ kind }, axis) => {
    const column = slice(g, actions, 2, axis, axis + 1); // (n, horizon, 1)
    return kind === "switch" ? patterned(inputs, column, axis) : column;
  });
  return concat(g, columns, 2);
}

function patterned({ g, low, high }: PlanInputs, column: Value, axis: number): Value {
  const [rows, horizon] = column.shape as [number, number, number];
  const patterns = patternsOf(g, horizon); // (patterns, horizon)
  const likeness = matMul(g, reshape(g, column, [rows, horizon]), transpose(g, patterns, [1, 0])); // (n, patterns)
  const nearest = reshape(g, topK(g, likeness, 1, 1).indices, [rows]);
  const sides = reshape(g, gather(g, patterns, nearest), [rows, horizon, 1]);
  return where(g, less(g, sides, 0), slice(g, low, 0, axis, axis + 1), slice(g, high, 0, axis, axis + 1));
}

/** Every pattern of -1 and 1 with at most one change, the steady ones first: (2 horizon, horizon). */
function patternsOf(g: Graph, horizon: number): Value {
  const changingAt = (change: number, last: number): number[] =>
    Array.from({ length: horizon }, (_, step) => (step < change ? -last : last));
  const patterns = Array.from({ length: horizon }, (_, change) => [changingAt(change, -1), changingAt(change, 1)]).flat();
  return g.constant(Float32Array.from(patterns.flat()), [patterns.length, horizon]);
}
