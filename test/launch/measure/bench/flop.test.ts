/** Arithmetic is counted exactly, from the graph alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countFlop } from "../../../../launch/measure/bench/flop.ts";
import { productChain } from "../../../../launch/measure/bench/gemm.ts";
import { Graph } from "../../../../runtime/graph/builder.ts";
import { add, matMul, relu } from "../../../../runtime/graph/ops.ts";

describe("arithmetic of a graph", () => {
  it("is two operations per output element and summed element of every product", async () => {
    assert.equal(await countFlop(productChain(7, 16, 3).bytes), 3 * 2 * 7 * 16 * 16);
  });

  it("counts a transposed Gemm, a Conv and a product of two computed values by their true inner size", async () => {
    const g = new Graph("mixed");
    const floats = (...shape: number[]) => [{ dtype: "float32" as const, shape }];
    const constant = (...shape: number[]) => g.constant(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
    const [gemm] = g.op("Gemm", [g.input("a", "float32", [4, 10]), constant(6, 10)], floats(4, 6), { transB: 1 });
    const [conv] = g.op("Conv", [g.input("b", "float32", [1, 3, 8, 8]), constant(5, 3, 3, 3)], floats(1, 5, 6, 6));
    const x = relu(g, g.input("x", "float32", [2, 9]));
    const y = relu(g, g.input("y", "float32", [9, 11]));
    for (const [name, value] of Object.entries({ gemm: gemm!, conv: conv!, product: matMul(g, x, y) })) g.output(name, value);
    assert.equal(await countFlop(g.toBytes()), 2 * (4 * 6 * 10 + 5 * 6 * 6 * 27 + 2 * 11 * 9));
  });

  it("is zero without products, and counts a symbolic batch as one", async () => {
    const g = new Graph("sum");
    const x = g.input("x", "float32", [-1, 8]);
    g.output("y", add(g, x, 1));
    assert.equal(await countFlop(g.toBytes()), 0);
    const h = new Graph("product");
    h.output("y", matMul(h, h.input("x", "float32", [-1, 8]), h.constant(new Float32Array(24), [8, 3])));
    assert.equal(await countFlop(h.toBytes()), 2 * 8 * 3);
  });
});
