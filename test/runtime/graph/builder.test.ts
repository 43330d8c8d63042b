/** The graph builder: names, constants, ownership of values, symbolic batches. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Graph } from "../../../runtime/graph/builder.ts";
import { importModel } from "../../../runtime/graph/import.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";

describe("Graph", () => {
  it("writes opset 18 with IR version 8 and the declared ports", () => {
    const g = new Graph("g");
    g.output("y", ops.neg(g, g.input("x", "float32", [-1, 3])));
    const model = importModel(g.toBytes());
    assert.equal(model.opset, 18);
    assert.deepEqual(model.inputs, [{ name: "x", dtype: "float32", shape: [-1, 3], dims: ["batch", 3] }]);
    assert.deepEqual(model.outputs, [{ name: "y", dtype: "float32", shape: [-1, 3], dims: ["batch", 3] }]);
  });

  it("runs one graph with a symbolic batch at several batch sizes", async () => {
    const g = new Graph("g");
    const x = g.input("x", "float32", [-1, 2, 2]);
    g.output("y", ops.reduceSum(g, ops.mul(g, ops.reshape(g, x, [-1, 4]), 2), [1]));
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    for (const rows of [1, 3]) {
      const { y } = await session.run({ x: floats(new Float32Array(rows * 4).fill(1), [rows, 2, 2]) });
      assert.deepEqual(y?.data, new Float32Array(rows).fill(8));
    }
  });

  it("gives a value out under several names, and an input or a constant as an output", async () => {
    const g = new Graph("g");
    const x = g.input("x", "float32", [1]);
    g.output("a", x);
    g.output("b", x);
    g.output("c", g.constant(Float32Array.of(4)));
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    const results = await session.run({ x: floats(Float32Array.of(3), [1]) });
    assert.deepEqual([results["a"]?.data[0], results["b"]?.data[0], results["c"]?.data[0]], [3, 3, 4]);
  });

  it("stores equal small constants once and keeps its own copy of the data", async () => {
    const g = new Graph("g");
    const data = Float32Array.of(1, 2);
    const first = g.constant(data);
    assert.equal(g.constant(Float32Array.of(1, 2)), first);
    assert.notEqual(g.constant(Float32Array.of(1, 2), [2, 1]), first);
    assert.notEqual(g.constant(BigInt64Array.of(1n, 2n)), first);
    data[0] = 99;
    g.output("y", first);
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    assert.deepEqual((await session.run({}))["y"]?.data, Float32Array.of(1, 2));
  });

  it("passes float, integer, list and string attributes as ONNX declares them", async () => {
    const g = new Graph("g");
    const x = g.input("x", "float32", [1, 2]);
    const [leaky] = g.op("LeakyRelu", [x], [{ dtype: "float32", shape: [1, 2] }], { alpha: 2 }); // A whole number that ONNX declares a float.
    const [turned] = g.op("Transpose", [leaky!], [{ dtype: "float32", shape: [2, 1] }], { perm: [1, 0] });
    const [text] = g.op("Gelu", [turned!], [{ dtype: "float32", shape: [2, 1] }], { approximate: "none" });
    g.output("y", turned!);
    assert.ok(text);
    const { nodes } = importModel(g.toBytes());
    assert.deepEqual(
      nodes.flatMap(({ attribute }) => (attribute ?? []).map(({ name, type }) => [name, type])),
      [
        ["alpha", 1],
        ["perm", 7],
        ["approximate", 3],
      ],
    );
  });

  it("refuses a taken name, a foreign value, a constant of another size, and a graph without outputs", () => {
    const g = new Graph("g");
    const other = new Graph("other").input("x", "float32", [1]);
    g.input("x", "float32", [1]);
    assert.throws(() => g.input("x", "float32", [1]), /internal: graph "g": the name "x" is empty or taken/);
    assert.throws(() => g.output("y", other), /internal: graph "g": output "y" uses "x", a value of another graph/);
    assert.throws(() => g.constant(Float32Array.of(1, 2), [3]), /internal: graph "g": constant of 2 elements has shape \[3\]/);
    assert.throws(() => g.input("z", "float32", [1.5]), /"z" has the impossible shape \[1.5\]/);
    assert.throws(() => g.toBytes(), { code: "model.mismatch", message: 'graph "g": has no output; call output() at least once' });
  });
});
