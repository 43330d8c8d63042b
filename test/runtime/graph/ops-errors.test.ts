/** What the operators refuse: every message names the graph, the operator and both shapes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";

const g = new Graph("plan");
const a = g.input("a", "float32", [2, 3]);
const b = g.input("b", "float32", [4, 3]);
const batch = g.input("rows", "float32", [-1, 3]);
const index = g.input("index", "int64", [2]);

const refusals: readonly (readonly [string, () => unknown, string])[] = [
  [
    "add of shapes that do not broadcast",
    () => ops.add(g, a, b),
    "Add: shapes [2, 3] and [4, 3] do not broadcast; sizes must be equal or 1",
  ],
  [
    "a symbolic batch against a number of rows",
    () => ops.mul(g, batch, a),
    "Mul: shapes [batch, 3] and [2, 3] do not broadcast; sizes must be equal or 1",
  ],
  [
    "mixed element types",
    () => ops.add(g, a, ops.reshape(g, index, [2, 1])),
    "Add: element types float32 [2, 3] and int64 [2, 1] differ; cast one",
  ],
  ["a fraction joined to integers", () => ops.add(g, index, 0.5), "Add: the number 0.5 cannot join a value of type int64; cast the value"],
  ["an activation of integers", () => ops.tanh(g, index), "Tanh: takes float32 but is given int64 [2]; cast it"],
  [
    "matMul of unequal inner sizes",
    () => ops.matMul(g, a, b),
    "matMul: shapes [2, 3] and [4, 3] do not multiply; the inner sizes must be equal",
  ],
  [
    "gemm of unequal inner sizes",
    () => ops.gemm(g, a, b, null, { transA: true }),
    "gemm: shapes [2, 3] and [4, 3], a transposed do not multiply; both must be matrices with equal inner sizes",
  ],
  [
    "a gemm bias of another width",
    () => ops.gemm(g, a, b, index, { transB: true }),
    "gemm: the bias of shape [2] does not broadcast to [2, 4]; sizes must be equal or 1",
  ],
  ["clip with crossed bounds", () => ops.clip(g, a, 1, -1), "clip: the lower bound 1 is above the upper bound -1; exchange them"],
  ["a condition that is not bool", () => ops.where(g, a, a, 0), "where: the condition is float32, it must be bool; compare to get one"],
  [
    "reshape to another count",
    () => ops.reshape(g, a, [5]),
    "reshape: shape [2, 3] cannot become [5]; the element counts differ: give a shape of as many",
  ],
  [
    "reshape that cannot regroup the batch",
    () => ops.reshape(g, batch, [-1, 2]),
    "reshape: shape [batch, 3] cannot become [batch, 2]; the element counts differ: give a shape of as many",
  ],
  [
    "transpose by no permutation",
    () => ops.transpose(g, a, [0, 0]),
    "transpose: [0, 0] is no permutation of the axes of shape [2, 3]; name each axis once",
  ],
  [
    "concat beside unequal sizes",
    () => ops.concat(g, [a, b], 1),
    "concat: float32 [2, 3] and float32 [4, 3] differ beside axis 1; join values that are alike there",
  ],
  ["concat of nothing", () => ops.concat(g, [], 0), "concat: is given no value; give at least one"],
  [
    "slice past the end",
    () => ops.slice(g, a, 1, 1, 4),
    "slice: [1, 4) is empty or outside axis 1 of shape [2, 3]; give a range within it",
  ],
  [
    "slice of the symbolic batch",
    () => ops.slice(g, batch, 0, 0, 1),
    "slice: [0, 1) is empty or outside axis 0 of shape [batch, 3]; give a range within it",
  ],
  ["gather by floats", () => ops.gather(g, a, b), "gather: indices are float32 [4, 3], they must be int64 or int32; cast them"],
  [
    "expand that is no broadcast",
    () => ops.expand(g, a, [2, 6]),
    "expand: shape [2, 3] does not broadcast to [2, 6]; sizes must be equal or 1",
  ],
  ["tile with one count too few", () => ops.tile(g, a, [2]), "tile: repeats [2] do not fit shape [2, 3]; give one count >= 1 per axis"],
  ["an axis that does not exist", () => ops.reduceSum(g, a, [2]), "ReduceSum: axis 2 is outside the 2 axes; name one of them"],
  [
    "layerNorm with a scale of another width",
    () => ops.layerNorm(g, a, index, index),
    "layerNorm: scale [2] and bias [2] must have the last size of [2, 3]; give such weights",
  ],
  ["topK of more than there are", () => ops.topK(g, a, 4), "topK: k = 4 is outside 1..3, axis 1 of shape [2, 3]; give a k within it"],
];

describe("operators refuse what does not fit", () => {
  for (const [name, build, message] of refusals) {
    it(name, () => {
      assert.throws(build, (error) => {
        assert.ok(error instanceof AgentError);
        assert.equal(error.code, "model.mismatch");
        assert.equal(error.message, `graph "plan": ${message}`);
        return true;
      });
    });
  }
});
