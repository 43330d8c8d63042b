/** What every operator of ops.ts is made of: a refusal that names the graph, and a node with one output. */
import { AgentError } from "../core/errors.ts";
import type { Attribute, DType, Graph, Value } from "./builder.ts";
import { normaliseAxis } from "./shape.ts";

/** Refuses an operation: who, what was given, what to do. */
export function mismatch(g: Graph, op: string, message: string): never {
  throw new AgentError("model.mismatch", `graph "${g.name}": ${op}: ${message}`);
}

/** Adds an operator with one output. */
export function single(
  g: Graph,
  type: string,
  inputs: readonly (Value | null)[],
  dtype: DType,
  shape: readonly number[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Value {
  return g.op(type, inputs, [{ dtype, shape }], attributes)[0] as Value;
}

/** An axis counted from the front, or a refusal. */
export function axisOf(g: Graph, op: string, axis: number, rank: number): number {
  const normalised = normaliseAxis(axis, rank);
  if (normalised === null) mismatch(g, op, `axis ${axis} is outside the ${rank} axes; name one of them`);
  return normalised;
}
