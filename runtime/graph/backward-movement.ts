/** Gradient rules of the operators that only move, repeat or sum elements. */
import { type Backward, type Rule, sumTo } from "./backward-base.ts";
import type { Graph, Step, Value } from "./builder.ts";
import { single } from "./op-base.ts";
import { cast, concat, div, expand, mul, reduceSum, reshape, slice, transpose } from "./ops.ts";
import { elementCount } from "./shape.ts";

export const MOVEMENT_RULES: Readonly<Record<string, Rule>> = {
  Reshape: ({ g, step, upstream }) => [reshape(g, upstream[0] as Value, (step.inputs[0] as Value).shape)],
  Transpose: ({ g, step, upstream }) => {
    const perm = step.attributes["perm"] as readonly number[];
    return [
      transpose(
        g,
        upstream[0] as Value,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ];
  },
  Concat: ({ g, step, upstream, wanted }) => {
    const axis = step.attributes["axis"] as number;
    let start = 0;
    return step.inputs.map((input, i) => {
      const end = start + ((input as Value).shape[axis] as number);
      const part = wanted[i] ? slice(g, upstream[0] as Value, axis, start, end) : null;
      start = end;
      return part;
    });
  },
  Slice: ({ g, step, upstream }) => [pad(g, upstream[0] as Value, step)],
  Expand: ({ g, step, upstream }) => [sumTo(g, upstream[0] as Value, (step.inputs[0] as Value).shape)],
  ReduceSum: (backward) => [spread(backward)],
  ReduceMean: (backward) => {
    const { g, step } = backward;
    const repeats = elementCount((step.inputs[0] as Value).shape) / elementCount((step.outputs[0] as Value).shape);
    return [div(g, spread(backward), repeats)];
  },
  ReduceMax: reduceMaxRule,
};

/** To the largest element; equal ones share. */
function reduceMaxRule(backward: Backward): Value[] {
  const { g, step } = backward;
  const [x, axes] = step.inputs as [Value, Value];
  const largest = spreadOver(g, step.outputs[0] as Value, x, axes);
  const chosen = cast(g, single(g, "Equal", [x, largest], "bool", x.shape), "float32");
  const count = reduceSum(g, chosen, reducedAxes(g, axes), { keepDims: true });
  return [div(g, mul(g, spread(backward), chosen), count)];
}

/** The gradient of a slice: zeros where nothing was taken. */
function pad(g: Graph, dy: Value, { inputs }: Step): Value {
  const [x, from, to, at] = inputs as [Value, Value, Value, Value];
  const [start, end, axis] = [from, to, at].map((bound) => Number(g.constantOf(bound)?.[0])) as [number, number, number];
  const size = x.shape[axis] as number;
  const zeros = (count: number): Value[] => (count === 0 ? [] : [zeroLike(g, x.shape.with(axis, count))]);
  return concat(g, [...zeros(start), dy, ...zeros(size - end)], axis);
}

const zeroLike = (g: Graph, shape: readonly number[]): Value =>
  expand(
    g,
    g.constant(
      new Float32Array(1),
      shape.map(() => 1),
    ),
    shape,
  );

/** The gradient of a sum: repeated over the summed axes. */
function spread({ g, step, upstream }: Backward): Value {
  const [x, axes] = step.inputs as [Value, Value];
  return spreadOver(g, upstream[0] as Value, x, axes);
}

/** What was reduced over `axes` of x, in the shape of x again. */
function spreadOver(g: Graph, value: Value, x: Value, axes: Value): Value {
  const reduced = new Set(reducedAxes(g, axes));
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  return expand(g, reshape(g, value, kept), x.shape);
}

const reducedAxes = (g: Graph, axes: Value): number[] => [...(g.constantOf(axes) ?? [])].map(Number);
