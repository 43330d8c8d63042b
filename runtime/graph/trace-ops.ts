/** From an ONNX node (opset 18) to a call of the typed operators: the operators that the networks of model packages are made of. Those that move elements are in trace-movement.ts. */
import { AgentError } from "../core/errors.ts";
import type { Value } from "./builder.ts";
import { single } from "./op-base.ts";
import {
  abs,
  add,
  clip,
  cos,
  div,
  exp,
  gelu,
  gemm,
  layerNorm,
  log,
  matMul,
  max,
  min,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  sigmoid,
  sin,
  softmax,
  sqrt,
  square,
  sub,
  tanh,
} from "./ops.ts";
import { constantInts, MOVEMENT_TRACERS, numberOf, optional, required, type TraceNode, type Tracer } from "./trace-movement.ts";

export type { TraceNode, TraceOptions } from "./trace-movement.ts";

type Unary = (g: TraceNode["g"], x: Value) => Value;
type Binary = (g: TraceNode["g"], a: Value, b: Value) => Value;

const unary =
  (op: Unary): Tracer =>
  (node) => [op(node.g, required(node, 0))];
const binary =
  (op: Binary): Tracer =>
  (node) => [op(node.g, required(node, 0), required(node, 1))];
/** Any number of inputs, folded from the left. */
const fold =
  (op: Binary): Tracer =>
  (node) => [node.inputs.map((_, i) => required(node, i)).reduce((left, right) => op(node.g, left, right))];

export const TRACERS: Readonly<Record<string, Tracer>> = {
  ...MOVEMENT_TRACERS,
  Add: binary(add),
  Sub: binary(sub),
  Mul: binary(mul),
  Div: binary(div),
  Min: fold(min),
  Max: fold(max),
  Neg: unary(neg),
  Abs: unary(abs),
  Relu: unary(relu),
  Tanh: unary(tanh),
  Sigmoid: unary(sigmoid),
  Exp: unary(exp),
  Log: unary(log),
  Sqrt: unary(sqrt),
  Sin: unary(sin),
  Cos: unary(cos),
  Erf: unary((g, x) => single(g, "Erf", [x], x.dtype, x.shape)),
  Gelu: traceGelu,
  Pow: tracePow,
  Clip: traceClip,
  MatMul: binary(matMul),
  Gemm: traceGemm,
  LayerNormalization: traceLayerNorm,
  Softmax: (node) => [softmax(node.g, required(node, 0), numberOf(node, "axis", -1))],
  ReduceSum: reduction(reduceSum),
  ReduceMean: reduction(reduceMean),
  ReduceMax: reduction(reduceMax),
};

function traceGelu(node: TraceNode): Value[] {
  if ((node.attributes.get("approximate") ?? "none") !== "none")
    throw new AgentError("model.mismatch", `${node.label}: approximate GELU cannot be traced; export with the exact form`);
  return [gelu(node.g, required(node, 0))];
}

/** Powers that have a derivative everywhere we need it, as other operators. */
function tracePow(node: TraceNode): Value[] {
  const { g } = node;
  const x = required(node, 0);
  const exponents = g.constantOf(required(node, 1));
  const exponent = exponents?.length === 1 ? Number(exponents[0]) : Number.NaN;
  switch (exponent) {
    case 0.5:
      return [sqrt(g, x)];
    case 1:
      return [x];
    case 2:
      return [square(g, x)];
    case 3:
      return [mul(g, square(g, x), x)];
    case -1:
      return [div(g, 1, x)];
    case -0.5:
      return [div(g, 1, sqrt(g, x))];
    default:
      throw new AgentError(
        "model.mismatch",
        `${node.label}: exponent ${Number.isNaN(exponent) ? "that is no single constant" : exponent} cannot be traced; use -1, -0.5, 0.5, 1, 2 or 3`,
      );
  }
}

function traceClip(node: TraceNode): Value[] {
  const bound = (index: number, otherwise: number): number => {
    const value = optional(node, index);
    if (!value) return otherwise;
    const data = node.g.constantOf(value);
    if (data?.length === 1) return Number(data[0]);
    throw new AgentError("model.mismatch", `${node.label}: bounds that are computed cannot be traced; export them as constants`);
  };
  const largest = 3.4028234663852886e38; // Of float32.
  return [clip(node.g, required(node, 0), bound(1, -largest), bound(2, largest))];
}

function traceGemm(node: TraceNode): Value[] {
  const options = {
    transA: numberOf(node, "transA", 0) === 1,
    transB: numberOf(node, "transB", 0) === 1,
    alpha: numberOf(node, "alpha", 1),
    beta: numberOf(node, "beta", 1),
  };
  return [gemm(node.g, required(node, 0), required(node, 1), optional(node, 2), options)];
}

function traceLayerNorm(node: TraceNode): Value[] {
  const { g, options } = node;
  const [x, scale] = [required(node, 0), required(node, 1)];
  const axis = numberOf(node, "axis", -1);
  if (node.outputs > 1 || (axis !== -1 && axis !== x.shape.length - 1)) {
    throw new AgentError(
      "model.mismatch",
      `${node.label}: axis ${axis} with ${node.outputs} outputs cannot be traced; use the last axis and one output`,
    );
  }
  const bias = optional(node, 2) ?? g.constant(new Float32Array(x.shape.at(-1) ?? 1));
  return [layerNorm(g, x, scale, bias, numberOf(node, "epsilon", 1e-5), { forTraining: options.differentiable ?? false })];
}

function reduction(op: typeof reduceSum): Tracer {
  return (node) => {
    const given = optional(node, 1);
    const axes = given ? constantInts(node, given, "axes") : [];
    if (axes.length === 0 && numberOf(node, "noop_with_empty_axes", 0) === 1) return [required(node, 0)];
    return [op(node.g, required(node, 0), axes.length === 0 ? undefined : axes, { keepDims: numberOf(node, "keepdims", 1) === 1 })];
  };
}
