/** Tracing of the operators that only move elements, and what every tracer reads its node with. Indices and shapes must be constants. */
import { AgentError } from "../core/errors.ts";
import type { Graph, Value } from "./builder.ts";
import { concat, expand, reshape, slice, transpose } from "./ops.ts";
import { normaliseAxis } from "./shape.ts";
import type { Attributes } from "./trace-attributes.ts";

export interface TraceOptions {
  /** Keep what the way back needs, where that makes it cheaper; default false. */
  readonly differentiable?: boolean;
}

/** One node to be rebuilt. */
export interface TraceNode {
  readonly g: Graph;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  /** How many outputs the node has. */
  readonly outputs: number;
  /** Model and node, for messages. */
  readonly label: string;
  readonly options: TraceOptions;
}

/** Returns the node's outputs. */
export type Tracer = (node: TraceNode) => readonly Value[];

export const MOVEMENT_TRACERS: Readonly<Record<string, Tracer>> = {
  Identity: (node) => [required(node, 0)],
  Reshape: traceReshape,
  Flatten: (node) => {
    const x = required(node, 0);
    const axis = numberOf(node, "axis", 1);
    const split = axis < 0 ? axis + x.shape.length : axis;
    const size = (sizes: readonly number[]): number => sizes.reduce((product, each) => product * each, 1);
    return [reshape(node.g, x, [size(x.shape.slice(0, split)), size(x.shape.slice(split))])];
  },
  Squeeze: (node) => {
    const x = required(node, 0);
    const given = optional(node, 1);
    const axes = given
      ? axesOf(node, constantInts(node, given, "axes"), x.shape.length)
      : x.shape.flatMap((size, i) => (size === 1 ? [i] : []));
    return [
      reshape(
        node.g,
        x,
        x.shape.filter((_, i) => !axes.includes(i)),
      ),
    ];
  },
  Unsqueeze: (node) => {
    const x = required(node, 0);
    const given = constantInts(node, required(node, 1), "axes");
    const axes = axesOf(node, given, x.shape.length + given.length);
    const sizes = [...x.shape];
    return [
      reshape(
        node.g,
        x,
        Array.from({ length: x.shape.length + given.length }, (_, i) => (axes.includes(i) ? 1 : (sizes.shift() as number))),
      ),
    ];
  },
  Transpose: (node) => {
    const x = required(node, 0);
    const perm = (node.attributes.get("perm") as readonly number[] | undefined) ?? x.shape.map((_, i) => x.shape.length - 1 - i);
    return [transpose(node.g, x, perm)];
  },
  Concat: (node) => [
    concat(
      node.g,
      node.inputs.map((_, i) => required(node, i)),
      numberOf(node, "axis", 0),
    ),
  ],
  Expand: (node) => [expand(node.g, required(node, 0), constantInts(node, required(node, 1), "shape"))],
  Slice: traceSlice,
  Gather: traceGather,
};

/** 0 keeps the size of the input, -1 follows from the others. */
function traceReshape(node: TraceNode): Value[] {
  const x = required(node, 0);
  const shape = constantInts(node, required(node, 1), "shape");
  const copies = numberOf(node, "allowzero", 0) === 0;
  return [
    reshape(
      node.g,
      x,
      shape.map((size, i) => (size === 0 && copies ? (x.shape[i] as number) : size)),
    ),
  ];
}

function traceSlice(node: TraceNode): Value[] {
  const x = required(node, 0);
  const ints = (index: number, what: string, otherwise: readonly number[]): readonly number[] => {
    const given = optional(node, index);
    return given ? constantInts(node, given, what) : otherwise;
  };
  const starts = ints(1, "starts", []);
  const ends = ints(2, "ends", []);
  const axes = axesOf(
    node,
    ints(
      3,
      "axes",
      starts.map((_, i) => i),
    ),
    x.shape.length,
  );
  if (ints(4, "steps", []).some((step) => step !== 1)) refuse(node, "steps other than 1 cannot be traced");
  return [
    axes.reduce((part, axis, i) => {
      const size = part.shape[axis] as number;
      const clamp = (bound: number): number => Math.min(size, Math.max(0, bound < 0 ? bound + size : bound));
      const [start, end] = [clamp(starts[i] as number), clamp(ends[i] as number)];
      return start === 0 && end === size ? part : slice(node.g, part, axis, start, end);
    }, x),
  ];
}

/** As slices, which have a way back. */
function traceGather(node: TraceNode): Value[] {
  const { g } = node;
  const [x, indices] = [required(node, 0), required(node, 1)];
  const [axis = 0] = axesOf(node, [numberOf(node, "axis", 0)], x.shape.length);
  const size = x.shape[axis] as number;
  const rows = constantInts(node, indices, "indices").map((index) => {
    const at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) refuse(node, `index ${index} is outside the ${size} entries of axis ${axis}`);
    return slice(g, x, axis, at, at + 1);
  });
  return [reshape(g, concat(g, rows, axis), [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)])];
}

function refuse(node: TraceNode, why: string): never {
  throw new AgentError("model.mismatch", `${node.label}: ${why}; export it differently or use a solver without gradients`);
}

export function required(node: TraceNode, index: number): Value {
  return node.inputs[index] ?? refuse(node, `input ${index} is missing`);
}

export const optional = (node: TraceNode, index: number): Value | null => node.inputs[index] ?? null;

export function numberOf(node: TraceNode, name: string, otherwise: number): number {
  const value = node.attributes.get(name);
  return typeof value === "number" ? value : otherwise;
}

/** Whole numbers that the graph stores. */
export function constantInts(node: TraceNode, value: Value, what: string): readonly number[] {
  const data = node.g.constantOf(value);
  return data ? [...data].map(Number) : refuse(node, `${what} that are computed cannot be traced`);
}

function axesOf(node: TraceNode, axes: readonly number[], rank: number): readonly number[] {
  return axes.map((axis) => normaliseAxis(axis, rank) ?? refuse(node, `axis ${axis} is outside the ${rank} axes`));
}
