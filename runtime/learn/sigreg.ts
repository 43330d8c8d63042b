/** The anti-collapse regulariser: how far an embedding is from a standard normal distribution. */
import type { Graph, Value } from "../graph/builder.ts";
import { add, cos, div, gemm, matMul, mul, reduceMean, reduceSum, reshape, sin, sqrt, square, sub } from "../graph/ops.ts";

const KNOTS = 17;
const SPAN = 3;

/**
 * SIGReg (Balestriero and LeCun 2025, arXiv 2511.08544): the Epps-Pulley distance of random projections of z (rows, dim) from the standard
 * normal, averaged over the projections and times `scale`. `directions` (dim, projections) are standard normal numbers, drawn anew each step.
 */
export function sigreg(g: Graph, z: Value, directions: Value, scale: number): Value {
  const [rows, projections] = [z.shape[0] as number, directions.shape[1] as number];
  const unit = div(g, directions, sqrt(g, reduceSum(g, square(g, directions), [0], { keepDims: true })));
  const knots = Float32Array.from({ length: KNOTS }, (_, i) => (SPAN * i) / (KNOTS - 1));
  const window = knots.map((t) => Math.exp((-t * t) / 2));
  const weights = window.map((w, i) => w * (i === 0 || i === KNOTS - 1 ? 1 : 2) * (SPAN / (KNOTS - 1))); // Trapezoids, both halves of the line.
  const angle = mul(g, reshape(g, gemm(g, z, unit), [rows, 1, projections]), g.constant(knots, [KNOTS, 1])); // (rows, knots, projections)
  const real = sub(g, reduceMean(g, cos(g, angle), [0]), g.constant(window, [KNOTS, 1]));
  const error = add(g, square(g, real), square(g, reduceMean(g, sin(g, angle), [0]))); // (knots, projections)
  return mul(g, reduceMean(g, matMul(g, g.constant(weights, [1, KNOTS]), error)), scale);
}
