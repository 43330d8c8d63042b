/** Operators that move data without computing: reshape, transpose, concat, slice, gather, expand, tile. Import them from ops.ts. */
import type { Graph, Value } from "./builder.ts";
import { axisOf, mismatch, single } from "./op-base.ts";
import { broadcastShapes, elementCount, formatShape, sameShape } from "./shape.ts";

const int64 = (g: Graph, values: readonly number[]): Value => g.constant(BigInt64Array.from(values, BigInt));

/** The same elements under another shape; one size may be -1 and follows from the others (the batch when the input is symbolic). */
export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  const unknown = shape.indexOf(-1);
  const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const total = Math.abs(elementCount(x.shape));
  const symbolic = x.shape.includes(-1);
  const rest = unknown === -1 ? total === known : total % known === 0 || (symbolic && known % total === 0); // A batch may be regrouped, samples into their parts and back.
  if (!rest || shape.lastIndexOf(-1) !== unknown || (symbolic && unknown === -1)) {
    mismatch(
      g,
      "reshape",
      `shape ${formatShape(x.shape)} cannot become ${formatShape(shape)}; the element counts differ: give a shape of as many`,
    );
  }
  const out = shape.map((size) => (size === -1 && !symbolic ? total / known : size));
  return sameShape(out, x.shape) ? x : single(g, "Reshape", [x, int64(g, out)], x.dtype, out);
}

/** Reorders the axes: output axis i is input axis perm[i]. */
export function transpose(g: Graph, x: Value, perm: readonly number[]): Value {
  if ([...perm].sort((a, b) => a - b).join() !== x.shape.map((_, i) => i).join()) {
    mismatch(g, "transpose", `[${perm.join(", ")}] is no permutation of the axes of shape ${formatShape(x.shape)}; name each axis once`);
  }
  const shape = perm.map((axis) => x.shape[axis] as number);
  return single(g, "Transpose", [x], x.dtype, shape, { perm });
}

/** Joins values along an axis; all other sizes and the element types must be equal. */
export function concat(g: Graph, values: readonly Value[], axis: number): Value {
  const first = values[0];
  if (!first) mismatch(g, "concat", "is given no value; give at least one");
  const at = axisOf(g, "concat", axis, first.shape.length);
  for (const value of values) {
    const fits = value.dtype === first.dtype && value.shape.length === first.shape.length;
    if (!fits || value.shape.some((size, i) => i !== at && size !== first.shape[i])) {
      mismatch(
        g,
        "concat",
        `${first.dtype} ${formatShape(first.shape)} and ${value.dtype} ${formatShape(value.shape)} differ beside axis ${at}; join values that are alike there`,
      );
    }
  }
  if (values.length === 1) return first;
  const total = values.reduce((sum, value) => sum + (value.shape[at] as number), 0);
  return single(g, "Concat", values, first.dtype, first.shape.with(at, total), { axis: at });
}

/** Elements start <= i < end along one axis; negative bounds count from the end. */
export function slice(g: Graph, x: Value, axis: number, start: number, end: number): Value {
  const at = axisOf(g, "slice", axis, x.shape.length);
  const size = x.shape[at] as number;
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  if (size === -1 || from < 0 || to > size || from >= to) {
    mismatch(g, "slice", `[${start}, ${end}) is empty or outside axis ${at} of shape ${formatShape(x.shape)}; give a range within it`);
  }
  const bounds = [int64(g, [from]), int64(g, [to]), int64(g, [at])];
  return single(g, "Slice", [x, ...bounds], x.dtype, x.shape.with(at, to - from));
}

/** Picks entries of one axis by index (int64 or int32, any shape, each in [-size, size)); the index shape replaces that axis. */
export function gather(g: Graph, x: Value, indices: Value, axis = 0): Value {
  const at = axisOf(g, "gather", axis, x.shape.length);
  if (indices.dtype !== "int64" && indices.dtype !== "int32") {
    mismatch(g, "gather", `indices are ${indices.dtype} ${formatShape(indices.shape)}, they must be int64 or int32; cast them`);
  }
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return single(g, "Gather", [x, indices], x.dtype, shape, { axis: at });
}

/** Broadcasts to a fixed shape: axes of size 1 are repeated. */
export function expand(g: Graph, x: Value, shape: readonly number[]): Value {
  if (shape.includes(-1) || !sameShape(broadcastShapes(x.shape, shape) ?? [-1], shape)) {
    mismatch(g, "expand", `shape ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}; sizes must be equal or 1`);
  }
  return sameShape(x.shape, shape) ? x : single(g, "Expand", [x, int64(g, shape)], x.dtype, shape);
}

/** Repeats the whole value `repeats[i]` times along axis i. */
export function tile(g: Graph, x: Value, repeats: readonly number[]): Value {
  if (repeats.length !== x.shape.length || repeats.some((times) => !Number.isInteger(times) || times < 1)) {
    mismatch(g, "tile", `repeats [${repeats.join(", ")}] do not fit shape ${formatShape(x.shape)}; give one count >= 1 per axis`);
  }
  const shape = x.shape.map((size, i) => (size === -1 && repeats[i] === 1 ? -1 : size * (repeats[i] as number)));
  return single(g, "Tile", [x, int64(g, repeats)], x.dtype, shape);
}
