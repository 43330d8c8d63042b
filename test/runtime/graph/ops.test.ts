/** Every operator of ops.ts against plain loops, through a real session; inferred shapes are checked by runGraph. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Graph, Value } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { floats, type TensorData } from "../../../runtime/graph/session.ts";
import { at, count, erf, fold, fromFunction, map, type Ref, zip } from "./reference.ts";
import { runGraph } from "./run-graph.ts";

const rng = createRng(7);
const random = (shape: readonly number[], positive = false): Ref => ({
  shape,
  data: Array.from({ length: count(shape) }, () => Math.fround(positive ? rng.between(0.1, 3) : rng.normal())),
});
const feed = (x: Ref): TensorData => floats(Float32Array.from(x.data), x.shape);

function assertClose(actual: TensorData | undefined, expected: Ref, tolerance = 2e-6): void {
  assert.deepEqual([...(actual?.shape ?? [])], [...expected.shape]);
  expected.data.forEach((value, i) => {
    const got = Number(actual?.data[i]);
    assert.ok(Math.abs(got - value) <= tolerance * Math.max(1, Math.abs(value)), `element ${i}: ${got}, reference ${value}`);
  });
}

/** Runs a graph of float32 inputs with one output. */
async function run(inputs: Readonly<Record<string, Ref>>, build: (g: Graph, v: Record<string, Value>) => Value): Promise<TensorData> {
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, ref]) => [name, feed(ref)]));
  return (await runGraph(feeds, (g, v) => ({ y: build(g, v) })))["y"] as TensorData;
}

describe("elementwise operators", () => {
  const binaries = {
    add: [ops.add, (a: number, b: number) => a + b],
    sub: [ops.sub, (a: number, b: number) => a - b],
    mul: [ops.mul, (a: number, b: number) => a * b],
    div: [ops.div, (a: number, b: number) => a / b],
    min: [ops.min, (a: number, b: number) => Math.min(a, b)],
    max: [ops.max, (a: number, b: number) => Math.max(a, b)],
    less: [ops.less, (a: number, b: number) => Number(a < b)],
    greater: [ops.greater, (a: number, b: number) => Number(a > b)],
  } as const;
  for (const [name, [op, reference]] of Object.entries(binaries)) {
    it(`${name} broadcasts both operands as the reference does`, async () => {
      const a = random([2, 1, 4], name === "div");
      const b = random([3, 1], name === "div");
      const y = await run({ a, b }, (g, v) => op(g, v["a"]!, v["b"]!));
      assertClose(y, zip(a, b, [2, 3, 4], reference));
    });

    it(`${name} takes a plain number on either side`, async () => {
      const a = random([5], name === "div");
      const two: Ref = { shape: [], data: [2] };
      assertClose(await run({ a }, (g, v) => op(g, v["a"]!, 2)), zip(a, two, [5], reference));
      assertClose(await run({ a }, (g, v) => op(g, 2, v["a"]!)), zip(two, a, [5], reference));
    });
  }

  const unaries = {
    relu: [ops.relu, (x: number) => Math.max(0, x)],
    tanh: [ops.tanh, Math.tanh],
    sigmoid: [ops.sigmoid, (x: number) => 1 / (1 + Math.exp(-x))],
    gelu: [ops.gelu, (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2))],
    exp: [ops.exp, Math.exp],
    log: [ops.log, Math.log],
    sqrt: [ops.sqrt, Math.sqrt],
    square: [ops.square, (x: number) => x * x],
    abs: [ops.abs, Math.abs],
    neg: [ops.neg, (x: number) => -x],
  } as const;
  for (const [name, [op, reference]] of Object.entries(unaries)) {
    it(`${name} equals the reference`, async () => {
      const x = random([3, 7], name === "log" || name === "sqrt");
      assertClose(await run({ x }, (g, v) => op(g, v["x"]!)), map(x, reference));
    });
  }

  it("clip limits to both bounds, and clipping twice changes nothing", async () => {
    const x = random([20]);
    const clipped = map(x, (value) => Math.min(0.5, Math.max(-0.25, value)));
    assertClose(await run({ x }, (g, v) => ops.clip(g, v["x"]!, -0.25, 0.5)), clipped);
    assertClose(await run({ x: clipped }, (g, v) => ops.clip(g, v["x"]!, -0.25, 0.5)), clipped);
  });

  it("where chooses by a bool condition and broadcasts", async () => {
    const a = random([3, 4]);
    const b = random([4]);
    const y = await run({ a, b }, (g, v) => ops.where(g, ops.greater(g, v["a"]!, 0), v["b"]!, -1));
    assertClose(
      y,
      fromFunction([3, 4], (index) => (at(a, index) > 0 ? at(b, index) : -1)),
    );
  });

  it("cast goes from uint8 frames to float32, to int64 and to bool", async () => {
    const data = Uint8Array.of(0, 1, 127, 255);
    const y = await runGraph({ x: { dtype: "uint8", shape: [4], data } }, (g, v) => ({
      float: ops.cast(g, v["x"]!, "float32"),
      int: ops.cast(g, v["x"]!, "int64"),
      bool: ops.cast(g, v["x"]!, "bool"),
      same: ops.cast(g, v["x"]!, "uint8"),
    }));
    assert.deepEqual(y["float"]?.data, Float32Array.of(0, 1, 127, 255));
    assert.deepEqual(y["int"]?.data, BigInt64Array.of(0n, 1n, 127n, 255n));
    assert.deepEqual(y["bool"]?.data, Uint8Array.of(0, 1, 1, 1));
    assert.deepEqual(y["same"]?.data, data);
  });
});

describe("matrix operators", () => {
  it("matMul multiplies the last two axes and broadcasts the others", async () => {
    const a = random([2, 1, 3, 4]);
    const b = random([5, 4, 2]);
    const y = await run({ a, b }, (g, v) => ops.matMul(g, v["a"]!, v["b"]!));
    const product = ([i = 0, j = 0, row = 0, column = 0]: number[]): number =>
      [0, 1, 2, 3].reduce((sum, k) => sum + at(a, [i, 0, row, k]) * at(b, [j, k, column]), 0);
    assertClose(y, fromFunction([2, 5, 3, 2], product), 1e-5);
  });

  for (const [transA, transB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    it(`gemm with transA ${transA}, transB ${transB} equals alpha a b + beta c`, async () => {
      const a = random(transA ? [4, 3] : [3, 4]);
      const b = random(transB ? [2, 4] : [4, 2]);
      const c = random([2]);
      const y = await run({ a, b, c }, (g, v) => ops.gemm(g, v["a"]!, v["b"]!, v["c"]!, { transA, transB, alpha: 2, beta: 0.5 }));
      const element = ([i = 0, j = 0]: number[]): number =>
        [0, 1, 2, 3].reduce((sum, k) => sum + 2 * at(a, transA ? [k, i] : [i, k]) * at(b, transB ? [j, k] : [k, j]), 0.5 * at(c, [j]));
      assertClose(y, fromFunction([3, 2], element), 1e-5);
    });
  }

  it("gemm without a bias is the plain product", async () => {
    const a = random([1, 2]);
    const b = random([2, 1]);
    const expected = at(a, [0, 0]) * at(b, [0, 0]) + at(a, [0, 1]) * at(b, [1, 0]);
    assertClose(await run({ a, b }, (g, v) => ops.gemm(g, v["a"]!, v["b"]!)), { shape: [1, 1], data: [expected] });
  });
});

describe("operators that move data", () => {
  const x = random([2, 3, 4]);

  it("reshape keeps the order of elements and infers one -1", async () => {
    assertClose(await run({ x }, (g, v) => ops.reshape(g, v["x"]!, [4, -1])), { shape: [4, 6], data: x.data });
  });

  it("transpose puts input axis perm[i] at output axis i", async () => {
    const y = await run({ x }, (g, v) => ops.transpose(g, v["x"]!, [2, 0, 1]));
    assertClose(
      y,
      fromFunction([4, 2, 3], ([i = 0, j = 0, k = 0]) => at(x, [j, k, i])),
    );
  });

  it("concat joins along a negative axis in the order given", async () => {
    const b = random([2, 3, 1]);
    const y = await run({ x, b }, (g, v) => ops.concat(g, [v["x"]!, v["b"]!], -1));
    assertClose(
      y,
      fromFunction([2, 3, 5], ([i = 0, j = 0, k = 0]) => (k < 4 ? at(x, [i, j, k]) : at(b, [i, j, 0]))),
    );
  });

  it("slice takes a half-open range, with bounds from either end", async () => {
    const y = await run({ x }, (g, v) => ops.slice(g, v["x"]!, 2, -3, 3));
    assertClose(
      y,
      fromFunction([2, 3, 2], ([i = 0, j = 0, k = 0]) => at(x, [i, j, k + 1])),
    );
  });

  it("gather replaces an axis by the shape of the indices", async () => {
    const y = await run({ x }, (g, v) => ops.gather(g, v["x"]!, g.constant(BigInt64Array.of(2n, 0n, 2n, 1n), [2, 2]), 1));
    const rows = [2, 0, 2, 1];
    assertClose(
      y,
      fromFunction([2, 2, 2, 4], ([i = 0, a = 0, b = 0, k = 0]) => at(x, [i, rows[a * 2 + b] as number, k])),
    );
  });

  it("expand repeats size-1 axes and adds leading ones", async () => {
    const b = random([3, 1]);
    assertClose(
      await run({ b }, (g, v) => ops.expand(g, v["b"]!, [2, 3, 4])),
      fromFunction([2, 3, 4], (index) => at(b, index)),
    );
  });

  it("tile repeats the whole value", async () => {
    const b = random([2, 2]);
    const y = await run({ b }, (g, v) => ops.tile(g, v["b"]!, [1, 3]));
    assertClose(
      y,
      fromFunction([2, 6], ([i = 0, j = 0]) => at(b, [i, j % 2])),
    );
  });
});

describe("operators that summarise axes", () => {
  const x = random([2, 3, 4]);
  const sum = (group: number[]): number => group.reduce((total, value) => total + value, 0);
  const reductions = {
    reduceSum: [ops.reduceSum, sum],
    reduceMean: [ops.reduceMean, (group: number[]) => sum(group) / group.length],
    reduceMax: [ops.reduceMax, (group: number[]) => Math.max(...group)],
  } as const;
  for (const [name, [op, reference]] of Object.entries(reductions)) {
    it(`${name} reduces given axes, keeps them on request, and reduces all by default`, async () => {
      const kept = fold(x, [0, 2], reference);
      assertClose(await run({ x }, (g, v) => op(g, v["x"]!, [0, -1], { keepDims: true })), kept);
      assertClose(await run({ x }, (g, v) => op(g, v["x"]!, [-1, 0])), { shape: [3], data: kept.data });
      assertClose(await run({ x }, (g, v) => op(g, v["x"]!)), { shape: [], data: [reference([...x.data])] });
    });
  }

  it("softmax sums to one along its axis and equals the reference", async () => {
    const total = fold(x, [1], (group) => sum(group.map(Math.exp)));
    const y = await run({ x }, (g, v) => ops.softmax(g, v["x"]!, 1));
    assertClose(
      y,
      zip(x, total, x.shape, (value, all) => Math.exp(value) / all),
    );
  });

  it("layerNorm normalises the last axis, then scales and shifts", async () => {
    const scale = random([4]);
    const bias = random([4]);
    const mean = fold(x, [2], (group) => sum(group) / 4);
    const variance = fold(x, [2], (group) => sum(group.map((value) => (value - sum(group) / 4) ** 2)) / 4);
    const y = await run({ x, scale, bias }, (g, v) => ops.layerNorm(g, v["x"]!, v["scale"]!, v["bias"]!, 1e-3));
    const expected = fromFunction(
      x.shape,
      (index) => ((at(x, index) - at(mean, index)) / Math.sqrt(at(variance, index) + 1e-3)) * at(scale, index) + at(bias, index),
    );
    assertClose(y, expected, 1e-5);
  });

  it("topK returns the k largest or smallest in order, with their indices", async () => {
    const row = Float32Array.of(3, -1, 7, 5);
    const y = await runGraph({ x: floats(row, [1, 4]) }, (g, v) => {
      const largest = ops.topK(g, v["x"]!, 2);
      const smallest = ops.topK(g, v["x"]!, 1, 1, { largest: false });
      return { values: largest.values, indices: largest.indices, small: smallest.values };
    });
    assert.deepEqual(y["values"]?.data, Float32Array.of(7, 5));
    assert.deepEqual(y["indices"]?.data, BigInt64Array.of(2n, 3n));
    assert.deepEqual(y["small"]?.data, Float32Array.of(-1));
  });
});
