/** Operators that summarise axes: sums, means, maxima, softmax, layer normalisation, top k. Import them from ops.ts. */
import type { Graph, Value } from "./builder.ts";
import { axisOf, mismatch, single } from "./op-base.ts";
import { formatShape, sameShape } from "./shape.ts";

export interface ReduceOptions {
  /** Keep the reduced axes with size 1; default false. */
  readonly keepDims?: boolean;
}

/** Sum over the axes (all when none are given). */
export const reduceSum = (g: Graph, x: Value, axes?: readonly number[], options?: ReduceOptions): Value =>
  reduce(g, "ReduceSum", x, axes, options);
/** Mean over the axes (all when none are given). */
export const reduceMean = (g: Graph, x: Value, axes?: readonly number[], options?: ReduceOptions): Value =>
  reduce(g, "ReduceMean", x, axes, options);
/** Largest element over the axes (all when none are given). */
export const reduceMax = (g: Graph, x: Value, axes?: readonly number[], options?: ReduceOptions): Value =>
  reduce(g, "ReduceMax", x, axes, options);

/** Exponentials along one axis that sum to 1. */
export function softmax(g: Graph, x: Value, axis = -1): Value {
  return single(g, "Softmax", [x], x.dtype, x.shape, { axis: axisOf(g, "softmax", axis, x.shape.length) });
}

/**
 * Layer normalisation over the last axis with learned scale and bias of that size (Ba, Kiros and Hinton 2016).
 * `forTraining` keeps mean and inverse deviation for the way back, which then costs less.
 */
export function layerNorm(
  g: Graph,
  x: Value,
  scale: Value,
  bias: Value,
  epsilon = 1e-5,
  options: { readonly forTraining?: boolean } = {},
): Value {
  const size = [x.shape.at(-1) ?? -1];
  if (x.shape.length === 0 || !sameShape(scale.shape, size) || !sameShape(bias.shape, size)) {
    mismatch(
      g,
      "layerNorm",
      `scale ${formatShape(scale.shape)} and bias ${formatShape(bias.shape)} must have the last size of ${formatShape(x.shape)}; give such weights`,
    );
  }
  const statistic = { dtype: x.dtype, shape: x.shape.with(-1, 1) };
  const outputs = [{ dtype: x.dtype, shape: x.shape }, ...(options.forTraining ? [statistic, statistic] : [])];
  return g.op("LayerNormalization", [x, scale, bias], outputs, { axis: -1, epsilon })[0] as Value;
}

/** The k largest (or smallest) elements along an axis, sorted, and their int64 indices. */
export function topK(
  g: Graph,
  x: Value,
  k: number,
  axis = -1,
  options: { readonly largest?: boolean } = {},
): { values: Value; indices: Value } {
  const at = axisOf(g, "topK", axis, x.shape.length);
  const size = x.shape[at] as number;
  if (!Number.isInteger(k) || k < 1 || k > size)
    mismatch(g, "topK", `k = ${k} is outside 1..${size}, axis ${at} of shape ${formatShape(x.shape)}; give a k within it`);
  const shape = x.shape.with(at, k);
  const [values, indices] = g.op(
    "TopK",
    [x, g.constant(BigInt64Array.of(BigInt(k)))],
    [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ],
    { axis: at, largest: Number(options.largest ?? true), sorted: 1 },
  );
  return { values: values as Value, indices: indices as Value };
}

function reduce(g: Graph, type: string, x: Value, axes: readonly number[] | undefined, options: ReduceOptions = {}): Value {
  const keep = options.keepDims ?? false;
  const reduced = [...new Set((axes ?? x.shape.map((_, i) => i)).map((axis) => axisOf(g, type, axis, x.shape.length)))].sort(
    (a, b) => a - b,
  );
  if (reduced.length === 0) return x;
  const shape = x.shape.flatMap((size, i) => (reduced.includes(i) ? (keep ? [1] : []) : [size]));
  return single(g, type, [x, g.constant(BigInt64Array.from(reduced, BigInt))], x.dtype, shape, { keepdims: Number(keep) });
}
