/** The layers that all networks are made of. Rows are samples: (rows, width). */
import type { Graph, Value } from "../graph/builder.ts";
import { add, gemm, layerNorm, relu, slice } from "../graph/ops.ts";
import type { Init, Weights } from "./parameters.ts";

/** What a layer is built in: the graph and where its weights come from. */
export interface Building {
  readonly g: Graph;
  readonly weights: Weights;
}

const widthOf = (x: Value): number => x.shape.at(-1) as number;

/** x W + b; both start uniform in +-1/sqrt(inputs) (He et al. 2015, as PyTorch's Linear does). */
export function linear({ g, weights }: Building, name: string, x: Value, width: number, init?: Init): Value {
  const inputs = widthOf(x);
  const uniform: Init = { kind: "uniform", bound: 1 / Math.sqrt(inputs) };
  const w = weights.of(`${name}.weight`, [inputs, width], init ?? uniform);
  const b = weights.of(`${name}.bias`, [width], init ? { kind: "constant", value: 0 } : uniform);
  return gemm(g, x, w, b);
}

/** Layer normalisation with learned scale and bias. */
export function norm({ g, weights }: Building, name: string, x: Value): Value {
  const scale = weights.of(`${name}.scale`, [widthOf(x)], { kind: "constant", value: 1 });
  const bias = weights.of(`${name}.bias`, [widthOf(x)], { kind: "constant", value: 0 });
  return layerNorm(g, x, scale, bias, 1e-5, { forTraining: weights.forTraining });
}

/** Layer normalisation without learned parts: before a linear layer, which holds them anyway. */
export function plainNorm({ g, weights }: Building, x: Value): Value {
  const fill = (value: number): Value => g.constant(new Float32Array(widthOf(x)).fill(value));
  return layerNorm(g, x, fill(1), fill(0), 1e-5, { forTraining: weights.forTraining });
}

/** x + linear(ReLU(linear(norm(x)))), the inner width `expand` times as wide. */
export function residual(at: Building, name: string, x: Value, expand: number): Value {
  const inner = relu(at.g, linear(at, `${name}.inner`, plainNorm(at, x), expand * widthOf(x)));
  return add(at.g, x, linear(at, `${name}.outer`, inner, widthOf(x)));
}

/** Linear, normalisation, ReLU for each hidden width; the last layer is linear. */
export function mlp(at: Building, name: string, x: Value, hidden: readonly number[], out: number): Value {
  let h = x;
  for (const [i, width] of hidden.entries()) h = relu(at.g, norm(at, `${name}.${i}.norm`, linear(at, `${name}.${i}`, h, width)));
  return linear(at, `${name}.out`, h, out);
}

/** The first `count` columns. */
export const columns = (g: Graph, x: Value, start: number, end: number): Value => slice(g, x, 1, start, end);
