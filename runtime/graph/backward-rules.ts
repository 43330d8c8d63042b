/** How a gradient flows back through each operator: from the gradients of its outputs to those of its inputs. */

import { type Backward, type Rule, sumTo } from "./backward-base.ts";
import { MOVEMENT_RULES } from "./backward-movement.ts";
import type { Graph, Step, Value } from "./builder.ts";
import { single } from "./op-base.ts";
import {
  add,
  cast,
  cos,
  div,
  exp,
  gemm,
  greater,
  less,
  matMul,
  max,
  mul,
  neg,
  reduceMean,
  reduceSum,
  reshape,
  sign,
  sin,
  sqrt,
  square,
  sub,
  transpose,
  where,
} from "./ops.ts";

/** A rule for one input and one output: dy -> dx. */
const unary =
  (rule: (g: Graph, dy: Value, x: Value, y: Value) => Value): Rule =>
  ({ g, step, upstream }) => [rule(g, upstream[0] as Value, step.inputs[0] as Value, step.outputs[0] as Value)];

/** A rule for two broadcast inputs: the gradient of each in the output's shape, summed back to the input's. */
const binary =
  (left: (g: Graph, dy: Value, a: Value, b: Value) => Value, right: (g: Graph, dy: Value, a: Value, b: Value, y: Value) => Value): Rule =>
  ({ g, step, upstream, wanted }) => {
    const [a, b] = step.inputs as [Value, Value];
    const dy = upstream[0] as Value;
    return [
      wanted[0] ? sumTo(g, left(g, dy, a, b), a.shape) : null,
      wanted[1] ? sumTo(g, right(g, dy, a, b, step.outputs[0] as Value), b.shape) : null,
    ];
  };

export const GRADIENT_RULES: Readonly<Record<string, Rule>> = {
  ...MOVEMENT_RULES,
  Add: binary(
    (_, dy) => dy,
    (_, dy) => dy,
  ),
  Sub: binary(
    (_, dy) => dy,
    (g, dy) => neg(g, dy),
  ),
  Mul: binary(
    (g, dy, _, b) => mul(g, dy, b),
    (g, dy, a) => mul(g, dy, a),
  ),
  Div: binary(
    (g, dy, _, b) => div(g, dy, b),
    (g, dy, _, b, y) => neg(g, div(g, mul(g, dy, y), b)),
  ),
  Min: binary(
    (g, dy, a, b) => where(g, less(g, a, b), dy, 0),
    (g, dy, a, b) => where(g, less(g, a, b), 0, dy),
  ),
  Max: binary(
    (g, dy, a, b) => where(g, greater(g, a, b), dy, 0),
    (g, dy, a, b) => where(g, greater(g, a, b), 0, dy),
  ),
  Relu: unary((g, dy, _, y) => mul(g, dy, isPositive(g, y))),
  Tanh: unary((g, dy, _, y) => mul(g, dy, sub(g, 1, mul(g, y, y)))),
  Sigmoid: unary((g, dy, _, y) => mul(g, dy, mul(g, y, sub(g, 1, y)))),
  Exp: unary((g, dy, _, y) => mul(g, dy, y)),
  Log: unary((g, dy, x) => div(g, dy, x)),
  Sqrt: unary((g, dy, _, y) => div(g, mul(g, dy, 0.5), max(g, y, ROOT_MIN))),
  Neg: unary((g, dy) => neg(g, dy)),
  Abs: unary((g, dy, x) => mul(g, dy, sign(g, x))),
  Sin: unary((g, dy, x) => mul(g, dy, cos(g, x))),
  Cos: unary((g, dy, x) => neg(g, mul(g, dy, sin(g, x)))),
  Erf: unary((g, dy, x) => mul(g, dy, mul(g, exp(g, neg(g, square(g, x))), 2 / Math.sqrt(Math.PI)))),
  Clip: unary((g, dy, x, y) => mul(g, dy, cast(g, single(g, "Equal", [x, y], "bool", x.shape), "float32"))),
  Where: ({ g, step, upstream, wanted }) => {
    const [condition, a, b] = step.inputs as [Value, Value, Value];
    const dy = upstream[0] as Value;
    return [
      null,
      wanted[1] ? sumTo(g, where(g, condition, dy, 0), a.shape) : null,
      wanted[2] ? sumTo(g, where(g, condition, 0, dy), b.shape) : null,
    ];
  },
  Gemm: gemmRule,
  MatMul: matMulRule,
  LayerNormalization: layerNormRule,
  Softmax: ({ g, step, upstream }) => {
    const y = step.outputs[0] as Value;
    const weighted = mul(g, upstream[0] as Value, y);
    const total = reduceSum(g, weighted, [step.attributes["axis"] as number], { keepDims: true });
    return [sub(g, weighted, mul(g, y, total))];
  },
};

/** The root of zero is the length of a vector of length zero: its slope counts as finite, so that the zeros behind it make zero and not NaN. */
const ROOT_MIN = 1e-12;

/** 1 where y > 0, else 0, for y >= 0. HardSigmoid, min(1, max(0, slope y)), is one pass over memory; Sign takes three times as long. */
const isPositive = (g: Graph, y: Value): Value => single(g, "HardSigmoid", [y], "float32", y.shape, { alpha: 1e30, beta: 0 });

/** y = alpha op(a) op(b) + beta c. */
function gemmRule({ g, step, upstream, wanted }: Backward): (Value | null)[] {
  const [a, b, c] = step.inputs as [Value, Value, Value | undefined];
  const { transA, transB, alpha, beta } = step.attributes as Record<string, number>;
  const dy = upstream[0] as Value;
  const scaled = { alpha: alpha ?? 1 };
  const da = (): Value =>
    transA
      ? gemm(g, b, dy, null, { transA: transB === 1, transB: true, ...scaled })
      : gemm(g, dy, b, null, { transB: transB !== 1, ...scaled });
  const db = (): Value =>
    transB
      ? gemm(g, dy, a, null, { transA: true, transB: transA === 1, ...scaled })
      : gemm(g, a, dy, null, { transA: transA !== 1, ...scaled });
  const dc = (): Value => sumTo(g, beta === 1 ? dy : mul(g, dy, beta ?? 1), (c as Value).shape);
  return [wanted[0] ? da() : null, wanted[1] ? db() : null, wanted[2] ? dc() : null];
}

/** Leading axes of `a` over one matrix `b` are one product of matrices; with leading axes on both, each pair is transposed. */
function matMulRule({ g, step, upstream, wanted }: Backward): (Value | null)[] {
  const [a, b] = step.inputs as [Value, Value];
  const dy = upstream[0] as Value;
  if (b.shape.length === 2) {
    const rows = (x: Value): Value => reshape(g, x, [-1, x.shape.at(-1) as number]);
    return [
      wanted[0] ? reshape(g, gemm(g, rows(dy), b, null, { transB: true }), a.shape) : null,
      wanted[1] ? gemm(g, rows(a), rows(dy), null, { transA: true }) : null,
    ];
  }
  return [
    wanted[0] ? sumTo(g, matMul(g, dy, swapLast(g, b)), a.shape) : null,
    wanted[1] ? sumTo(g, matMul(g, swapLast(g, a), dy), b.shape) : null,
  ];
}

const swapLast = (g: Graph, x: Value): Value => {
  const axes = x.shape.map((_, i) => i);
  return transpose(g, x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
};

/** Ba, Kiros and Hinton 2016: with n = (x - mean) / std, dx = (dn - mean(dn) - n mean(dn n)) / std, where dn = dy scale. */
function layerNormRule({ g, step, upstream, wanted }: Backward): (Value | null)[] {
  const [, scale, bias] = step.inputs as [Value, Value, Value];
  const dy = upstream[0] as Value;
  const mean = (v: Value): Value => reduceMean(g, v, [-1], { keepDims: true });
  const { normal, inverseStd } = normalised(g, step);
  const dx = (): Value => {
    const dn = holdsOnly(g, scale, 1) ? dy : mul(g, dy, scale);
    const along = mul(g, normal, mean(mul(g, dn, normal)));
    return mul(g, sub(g, sub(g, dn, mean(dn)), along), inverseStd);
  };
  return [
    wanted[0] ? dx() : null,
    wanted[1] ? sumTo(g, mul(g, dy, normal), scale.shape) : null,
    wanted[2] ? sumTo(g, dy, bias.shape) : null,
  ];
}

/** The normalised input of a LayerNormalization and one over its deviation: as the operator kept them, or computed again. */
function normalised(g: Graph, { inputs, outputs, attributes }: Step): { normal: Value; inverseStd: Value } {
  const [x, scale, bias] = inputs as [Value, Value, Value];
  const [y, mean, inverseStd] = outputs as [Value, Value | undefined, Value | undefined];
  if (mean && inverseStd) {
    const plain = holdsOnly(g, scale, 1) && holdsOnly(g, bias, 0);
    return { normal: plain ? y : mul(g, sub(g, x, mean), inverseStd), inverseStd };
  }
  const centred = sub(g, x, reduceMean(g, x, [-1], { keepDims: true }));
  const variance = reduceMean(g, square(g, centred), [-1], { keepDims: true });
  const inverse = div(g, 1, sqrt(g, add(g, variance, attributes["epsilon"] as number)));
  return { normal: mul(g, centred, inverse), inverseStd: inverse };
}

const holdsOnly = (g: Graph, value: Value, number: number): boolean => g.constantOf(value)?.every((each) => each === number) ?? false;
