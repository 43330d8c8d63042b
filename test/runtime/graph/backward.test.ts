/** Every gradient rule against central finite differences, in the arithmetic of the runtime itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { detach, gradients } from "../../../runtime/graph/backward.ts";
import { GRADIENT_RULES } from "../../../runtime/graph/backward-rules.ts";
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { floats, openSession, type TensorData } from "../../../runtime/graph/session.ts";

type Build = (g: Graph, inputs: readonly Value[]) => Value;
interface Case {
  readonly rule: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: Build;
  /** Inputs are drawn from here; default -1 to 1. */
  readonly from?: number;
  readonly to?: number;
}

const one = (g: Graph, size: number, value: number): Value => g.constant(new Float32Array(size).fill(value));

const CASES: readonly Case[] = [
  { rule: "Add", shapes: [[2, 3], [3]], build: (g, [a, b]) => ops.add(g, a!, b!) },
  {
    rule: "Sub",
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: (g, [a, b]) => ops.sub(g, a!, b!),
  },
  {
    rule: "Mul",
    shapes: [
      [2, 3],
      [1, 3],
    ],
    build: (g, [a, b]) => ops.mul(g, a!, b!),
  },
  {
    rule: "Div",
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (g, [a, b]) => ops.div(g, a!, b!),
    from: 0.5,
    to: 2,
  },
  { rule: "Min", shapes: [[3, 5], [5]], build: (g, [a, b]) => ops.min(g, a!, b!) },
  { rule: "Max", shapes: [[3, 5], [5]], build: (g, [a, b]) => ops.max(g, a!, b!) },
  { rule: "Relu", shapes: [[4, 5]], build: (g, [x]) => ops.relu(g, x!) },
  { rule: "Tanh", shapes: [[4, 5]], build: (g, [x]) => ops.tanh(g, x!) },
  { rule: "Sigmoid", shapes: [[4, 5]], build: (g, [x]) => ops.sigmoid(g, x!) },
  { rule: "Exp", shapes: [[4, 5]], build: (g, [x]) => ops.exp(g, x!) },
  { rule: "Log", shapes: [[4, 5]], build: (g, [x]) => ops.log(g, x!), from: 0.5, to: 2 },
  { rule: "Sqrt", shapes: [[4, 5]], build: (g, [x]) => ops.sqrt(g, x!), from: 0.5, to: 2 },
  { rule: "Neg", shapes: [[4, 5]], build: (g, [x]) => ops.neg(g, x!) },
  { rule: "Abs", shapes: [[4, 5]], build: (g, [x]) => ops.abs(g, x!) },
  { rule: "Sin", shapes: [[4, 5]], build: (g, [x]) => ops.sin(g, x!) },
  { rule: "Cos", shapes: [[4, 5]], build: (g, [x]) => ops.cos(g, x!) },
  { rule: "Erf", shapes: [[4, 5]], build: (g, [x]) => ops.gelu(g, x!) },
  { rule: "Clip", shapes: [[4, 5]], build: (g, [x]) => ops.clip(g, x!, -0.4, 0.5) },
  { rule: "Where", shapes: [[3, 4], [4], [3, 1]], build: (g, [c, a, b]) => ops.where(g, ops.greater(g, c!, 0), a!, b!) },
  {
    rule: "MatMul",
    shapes: [
      [2, 3, 4],
      [4, 5],
    ],
    build: (g, [a, b]) => ops.matMul(g, a!, b!),
  },
  {
    rule: "MatMul",
    shapes: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    build: (g, [a, b]) => ops.matMul(g, a!, b!),
  },
  ...[false, true].flatMap((transA) =>
    [false, true].map((transB) => ({
      rule: "Gemm",
      shapes: [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]],
      build: ((g, [a, b, c]) => ops.gemm(g, a!, b!, c!, { transA, transB, alpha: 0.7, beta: 1.3 })) as Build,
    })),
  ),
  { rule: "LayerNormalization", shapes: [[3, 6], [6], [6]], build: (g, [x, s, b]) => ops.layerNorm(g, x!, s!, b!) },
  {
    rule: "LayerNormalization",
    shapes: [[3, 6], [6], [6]],
    build: (g, [x, s, b]) => ops.layerNorm(g, x!, s!, b!, 1e-5, { forTraining: true }),
  },
  {
    rule: "LayerNormalization",
    shapes: [[3, 6]],
    build: (g, [x]) => ops.layerNorm(g, x!, one(g, 6, 1), one(g, 6, 0), 1e-5, { forTraining: true }),
  },
  { rule: "Softmax", shapes: [[3, 4]], build: (g, [x]) => ops.softmax(g, x!) },
  { rule: "Softmax", shapes: [[3, 4]], build: (g, [x]) => ops.softmax(g, x!, 0) },
  { rule: "Reshape", shapes: [[3, 4]], build: (g, [x]) => ops.reshape(g, x!, [2, 6]) },
  { rule: "Transpose", shapes: [[2, 3, 4]], build: (g, [x]) => ops.transpose(g, x!, [2, 0, 1]) },
  {
    rule: "Concat",
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (g, [a, b]) => ops.concat(g, [a!, b!], 1),
  },
  { rule: "Slice", shapes: [[4, 5]], build: (g, [x]) => ops.slice(g, x!, 1, 1, 4) },
  { rule: "Expand", shapes: [[3, 1]], build: (g, [x]) => ops.expand(g, x!, [2, 3, 4]) },
  { rule: "ReduceSum", shapes: [[2, 3, 4]], build: (g, [x]) => ops.reduceSum(g, x!, [0, 2]) },
  { rule: "ReduceMax", shapes: [[2, 3, 4]], build: (g, [x]) => ops.reduceMax(g, x!, [1]) },
  { rule: "ReduceMax", shapes: [[2, 3, 4]], build: (g, [x]) => ops.reduceMax(g, x!, [0, 2], { keepDims: true }) },
  { rule: "ReduceMean", shapes: [[2, 3, 4]], build: (g, [x]) => ops.reduceMean(g, x!, [1], { keepDims: true }) },
];

const STEP = 4e-3;

for (const each of CASES) {
  test(`the gradient of ${each.rule} on ${each.shapes.map((shape) => `[${shape}]`).join(" ")} agrees with finite differences`, async () => {
    const worst = await worstDisagreement(each);
    assert.ok(worst < 4e-3, `largest relative disagreement ${worst}`);
  });
}

test("every gradient rule has a case here", () => {
  assert.deepEqual([...new Set(CASES.map(({ rule }) => rule))].sort(), Object.keys(GRADIENT_RULES).sort());
});

test("a value used twice gets the sum of both gradients", async () => {
  const { gradient } = await differentiate((g, x) => ops.reduceSum(g, ops.add(g, ops.square(g, x), ops.mul(g, x, 3))), [2, -1]);
  assert.deepEqual(gradient, [7, 1]);
});

test("nothing flows through detach, and what the loss does not use has gradient zero", async () => {
  const { gradient } = await differentiate((g, x) => ops.reduceSum(g, ops.mul(g, detach(g, x), x)), [2, -1]);
  assert.deepEqual(gradient, [2, -1]);
  const unused = await differentiate((g, x) => ops.reduceSum(g, detach(g, x)), [2, -1]);
  assert.deepEqual(unused.gradient, [0, 0]);
});

test("the gradient of the length of a zero vector is zero, not NaN", async () => {
  const { gradient } = await differentiate((g, x) => ops.sqrt(g, ops.reduceSum(g, ops.square(g, x))), [0, 0]);
  assert.deepEqual(gradient, [0, 0]);
});

test("equal largest elements share their gradient", async () => {
  const { gradient } = await differentiate((g, x) => ops.reduceMax(g, x), [2, -1, 2]);
  assert.deepEqual(gradient, [0.5, 0, 0.5]);
});

test("an operator without a rule is named", () => {
  const g = new Graph("plan");
  const x = g.input("x", "float32", [3]);
  const loss = ops.reduceSum(g, ops.topK(g, x, 2).values);
  assert.throws(() => gradients(g, loss, [x]), {
    code: "model.mismatch",
    message: 'graph "plan": there is no gradient rule for operator TopK; use a solver that needs none (cem, icem, mppi)',
  });
});

async function differentiate(build: (g: Graph, x: Value) => Value, at: readonly number[]): Promise<{ gradient: number[] }> {
  const g = new Graph("test");
  const x = g.input("x", "float32", [at.length]);
  g.output("gradient", gradients(g, build(g, x), [x])[0]!);
  await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
  const result = await session.run({ x: floats(Float32Array.from(at), [at.length]) });
  return { gradient: [...(result["gradient"]!.data as Float32Array)] };
}

/** Largest |analytic - numeric| / (1 + |numeric|) over every element of every input, loss = weighted sum of the output. */
async function worstDisagreement({ shapes, build, from = -1, to = 1 }: Case): Promise<number> {
  const g = new Graph("test");
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, "float32", shape));
  const out = build(g, inputs);
  const count = ops.sizeOf(out);
  const weights = g.constant(
    Float32Array.from({ length: count }, (_, i) => Math.cos(1 + 2 * i)),
    out.shape,
  );
  const loss = ops.reduceSum(g, ops.mul(g, out, weights));
  g.output("loss", loss);
  for (const [i, gradient] of gradients(g, loss, inputs).entries()) g.output(`d${i}`, gradient);
  await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
  const rng = createRng(3);
  const data = shapes.map((shape) => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.between(from, to)));
  const run = (): Promise<Record<string, TensorData>> =>
    session.run(Object.fromEntries(data.map((each, i) => [`x${i}`, floats(each, shapes[i]!)])));
  const analytic = await run();
  let worst = 0;
  for (const [i, values] of data.entries()) {
    const gradient = analytic[`d${i}`]!;
    assert.deepEqual(gradient.shape, shapes[i], `the gradient of input ${i} has its shape`);
    for (let k = 0; k < values.length; k++) {
      const was = values[k]!;
      const lossAt = async (x: number): Promise<number> => {
        values[k] = x;
        return (await run())["loss"]!.data[0] as number;
      };
      const numeric = ((await lossAt(was + STEP)) - (await lossAt(was - STEP))) / (2 * STEP);
      values[k] = was;
      worst = Math.max(worst, Math.abs((gradient.data[k] as number) - numeric) / (1 + Math.abs(numeric)));
    }
  }
  return worst;
}
