/** Operators on graph values that infer shapes and refuse what does not fit: arithmetic, matrices, activations. Movement of data is in ops-shape.ts, reductions in ops-reduce.ts. */
import type { Graph, Value } from "./builder.ts";
import { mismatch, single } from "./op-base.ts";
import { DTYPE_CODES, type DType } from "./proto.ts";
import { broadcastShapes, elementCount, formatShape } from "./shape.ts";

export { layerNorm, reduceMax, reduceMean, reduceSum, softmax, topK } from "./ops-reduce.ts";
export { concat, expand, gather, reshape, slice, tile, transpose } from "./ops-shape.ts";

/** A value, or a number that takes the other operand's element type. */
export type Operand = Value | number;

export const add = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Add", a, b);
export const sub = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Sub", a, b);
export const mul = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Mul", a, b);
export const div = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Div", a, b);
export const min = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Min", a, b);
export const max = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Max", a, b);
/** a < b, element by element: bool. */
export const less = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Less", a, b, "bool");
/** a > b, element by element: bool. */
export const greater = (g: Graph, a: Operand, b: Operand): Value => binary(g, "Greater", a, b, "bool");

export const relu = (g: Graph, x: Value): Value => unary(g, "Relu", x);
export const tanh = (g: Graph, x: Value): Value => unary(g, "Tanh", x);
export const sigmoid = (g: Graph, x: Value): Value => unary(g, "Sigmoid", x);
export const exp = (g: Graph, x: Value): Value => unary(g, "Exp", x);
/** Natural logarithm. */
export const log = (g: Graph, x: Value): Value => unary(g, "Log", x);
export const sqrt = (g: Graph, x: Value): Value => unary(g, "Sqrt", x);
export const abs = (g: Graph, x: Value): Value => unary(g, "Abs", x);
export const sin = (g: Graph, x: Value): Value => unary(g, "Sin", x);
export const cos = (g: Graph, x: Value): Value => unary(g, "Cos", x);
/** -1, 0 or 1. */
export const sign = (g: Graph, x: Value): Value => unary(g, "Sign", x);
export const neg = (g: Graph, x: Value): Value => unary(g, "Neg", x);
export const square = (g: Graph, x: Value): Value => binary(g, "Mul", x, x);

/** Gaussian error linear unit, exact form with erf (Hendrycks and Gimpel 2016); opset 18 has no Gelu, ONNX Runtime fuses these nodes. */
export function gelu(g: Graph, x: Value): Value {
  const half = mul(g, x, add(g, unary(g, "Erf", div(g, x, Math.SQRT2)), 1));
  return mul(g, half, 0.5);
}

/** Limits every element to [low, high]. */
export function clip(g: Graph, x: Value, low: number, high: number): Value {
  if (!(low <= high)) mismatch(g, "clip", `the lower bound ${low} is above the upper bound ${high}; exchange them`);
  float32(g, "clip", x);
  return single(g, "Clip", [x, g.constant(low), g.constant(high)], x.dtype, x.shape);
}

/** Takes `a` where `condition` (bool) holds, else `b`; the three broadcast. */
export function where(g: Graph, condition: Value, a: Operand, b: Operand): Value {
  if (condition.dtype !== "bool") mismatch(g, "where", `the condition is ${condition.dtype}, it must be bool; compare to get one`);
  const [left, right] = operands(g, "where", a, b);
  const chosen = broadcast(g, "where", left.shape, right.shape);
  return single(g, "Where", [condition, left, right], left.dtype, broadcast(g, "where", condition.shape, chosen));
}

export function cast(g: Graph, x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : single(g, "Cast", [x], dtype, x.shape, { to: DTYPE_CODES[dtype] });
}

/** Matrix product over the last two axes; leading axes broadcast. */
export function matMul(g: Graph, a: Value, b: Value): Value {
  const [m, inner] = a.shape.slice(-2);
  const [innerB, n] = b.shape.slice(-2);
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (a.shape.length < 2 || b.shape.length < 2 || inner !== innerB || !lead) {
    mismatch(g, "matMul", `shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} do not multiply; the inner sizes must be equal`);
  }
  sameType(g, "matMul", a, b);
  return single(g, "MatMul", [a, b], a.dtype, [...lead, m as number, n as number]);
}

/** alpha a b + beta c for matrices, `a` and `b` optionally transposed; c broadcasts to (m, n). */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  c: Value | null = null,
  options: { readonly transA?: boolean; readonly transB?: boolean; readonly alpha?: number; readonly beta?: number } = {},
): Value {
  const { transA = false, transB = false, alpha = 1, beta = 1 } = options;
  const [m, inner] = transA ? [a.shape[1], a.shape[0]] : a.shape;
  const [innerB, n] = transB ? [b.shape[1], b.shape[0]] : b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== innerB) {
    const flags = `${transA ? ", a transposed" : ""}${transB ? ", b transposed" : ""}`;
    mismatch(
      g,
      "gemm",
      `shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}${flags} do not multiply; both must be matrices with equal inner sizes`,
    );
  }
  const shape = [m as number, n as number];
  if (c && broadcastShapes(c.shape, shape)?.join() !== shape.join()) {
    mismatch(g, "gemm", `the bias of shape ${formatShape(c.shape)} does not broadcast to ${formatShape(shape)}; sizes must be equal or 1`);
  }
  sameType(g, "gemm", a, b);
  return single(g, "Gemm", c ? [a, b, c] : [a, b], a.dtype, shape, { transA: Number(transA), transB: Number(transB), alpha, beta });
}

function unary(g: Graph, type: string, x: Value): Value {
  if (type !== "Neg" && type !== "Abs") float32(g, type, x);
  return single(g, type, [x], x.dtype, x.shape);
}

function binary(g: Graph, type: string, a: Operand, b: Operand, dtype?: DType): Value {
  const [left, right] = operands(g, type, a, b);
  return single(g, type, [left, right], dtype ?? left.dtype, broadcast(g, type, left.shape, right.shape));
}

function operands(g: Graph, op: string, a: Operand, b: Operand): [Value, Value] {
  const left = typeof a === "number" ? scalarLike(g, op, a, b) : a;
  const right = typeof b === "number" ? scalarLike(g, op, b, left) : b;
  sameType(g, op, left, right);
  return [left, right];
}

function scalarLike(g: Graph, op: string, number: number, other: Operand): Value {
  const dtype = typeof other === "number" ? "float32" : other.dtype;
  if (dtype === "float32") return g.constant(number);
  if (dtype !== "int64" || !Number.isSafeInteger(number))
    mismatch(g, op, `the number ${number} cannot join a value of type ${dtype}; cast the value`);
  return g.constant(BigInt64Array.of(BigInt(number)), []);
}

function sameType(g: Graph, op: string, a: Value, b: Value): void {
  if (a.dtype !== b.dtype)
    mismatch(g, op, `element types ${a.dtype} ${formatShape(a.shape)} and ${b.dtype} ${formatShape(b.shape)} differ; cast one`);
}

function float32(g: Graph, op: string, x: Value): void {
  if (x.dtype !== "float32") mismatch(g, op, `takes float32 but is given ${x.dtype} ${formatShape(x.shape)}; cast it`);
}

function broadcast(g: Graph, op: string, a: readonly number[], b: readonly number[]): number[] {
  const shape = broadcastShapes(a, b);
  if (!shape) mismatch(g, op, `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast; sizes must be equal or 1`);
  return shape;
}

/** Number of elements of a value with a fixed shape. */
export const sizeOf = (x: Value): number => elementCount(x.shape);
