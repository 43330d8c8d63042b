/** What every gradient rule is made of. */
import type { Graph, Step, Value } from "./builder.ts";
import { reduceSum, reshape } from "./ops.ts";
import { sameShape } from "./shape.ts";

export interface Backward {
  readonly g: Graph;
  readonly step: Step;
  /** Gradient of each output; null where the loss does not use it. */
  readonly upstream: readonly (Value | null)[];
  /** Which inputs the gradient is asked for. */
  readonly wanted: readonly boolean[];
}
/** Gradients of the inputs, in order; null or missing where none flows. */
export type Rule = (backward: Backward) => readonly (Value | null)[];

/** Sums away what broadcasting repeated, so that the gradient has the shape of the input. */
export function sumTo(g: Graph, gradient: Value, shape: readonly number[]): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const repeated = gradient.shape.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
  const sum = repeated.length === 0 ? gradient : reduceSum(g, gradient, repeated, { keepDims: true });
  return reshape(g, sum, shape);
}
