/** Importing ONNX files and composing them: shapes, shared weights, mixed opsets, refusals. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AgentError } from "../../../runtime/core/errors.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { type ImportedModel, importModel } from "../../../runtime/graph/import.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { type NodeProto, onnx, type TensorProto, tensorProto, valueInfoProto } from "../../../runtime/graph/proto.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";

interface Foreign {
  readonly opset?: number;
  readonly nodes: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  readonly outputShape?: readonly (number | string)[];
  readonly inputType?: number;
  readonly functions?: readonly { readonly name: string; readonly domain: string; readonly node: NodeProto[] }[];
}

/** An ONNX file as another tool would write it: `x` float32 (batch, 4) -> `y`. */
function foreign({ opset = 17, nodes, initializers = [], outputShape = ["batch", 4], inputType = 1, functions = [] }: Foreign): Uint8Array {
  const x = valueInfoProto("x", "float32", [-1, 4]);
  (x.type!.tensorType as { elemType: number }).elemType = inputType;
  const dim = outputShape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  const y = { name: "y", type: { tensorType: { elemType: 1, shape: { dim } } } };
  const file = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ version: opset }],
    functions: [...functions],
    graph: { name: "foreign", node: [...nodes], initializer: [...initializers], input: [x], output: [y] },
  }).finish();
  return new Uint8Array(file);
}

const negate: NodeProto = { opType: "Neg", input: ["x"], output: ["y"] };
const axes = { name: "axes", type: 7, ints: [1] };

/** A linear layer of 64 x 64 weights, (batch, 64) -> (batch, 64): 16 kB. */
function linear(): ImportedModel {
  const g = new Graph("linear");
  const x = g.input("x", "float32", [-1, 64]);
  const weights = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 2 : 0));
  g.output("y", ops.matMul(g, x, g.constant(weights, [64, 64])));
  return importModel(g.toBytes(), "linear.onnx");
}

describe("importModel", () => {
  it("refuses bytes that are no model with model.corrupt", () => {
    const valid = foreign({ nodes: [negate] });
    for (const bytes of [new Uint8Array(0), new Uint8Array(40).fill(255), valid.slice(0, valid.length - 9)]) {
      assert.throws(() => importModel(bytes, "encoder.onnx"), { name: "AgentError", code: "model.corrupt" });
    }
    assert.throws(() => importModel(new Uint8Array(40).fill(255), "encoder.onnx"), {
      message: "encoder.onnx: 40 bytes are no ONNX model; copy or export the file again",
    });
  });

  it("answers any damage to a file with an AgentError or a model, never with another failure", () => {
    const valid = foreign({ nodes: [{ opType: "ReduceMean", input: ["x"], output: ["y"], attribute: [axes] }] });
    const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(valid.length), (changes, length) => {
        const bytes = valid.slice();
        for (const [position, byte] of changes) bytes[position] = byte;
        try {
          const model = importModel(length % 3 === 0 ? bytes.slice(0, length) : bytes);
          const g = new Graph("g");
          const { y } = g.inline(model, { x: g.input("in", "float32", [1, 4]) });
          if (y) g.output("out", y);
          else return;
          g.toBytes();
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  const refusals: readonly (readonly [string, Foreign, string])[] = [
    ["opset 16", { opset: 16, nodes: [negate] }, "opset 16 is outside 17..21; export it again with one of those"],
    ["opset 22", { opset: 22, nodes: [negate] }, "opset 22 is outside 17..21; export it again with one of those"],
    [
      "control flow",
      { nodes: [{ opType: "If", name: "branch", input: ["x"], output: ["y"] }] },
      'cannot be composed: node "branch" is control flow (If); export with fixed shapes and unrolled loops',
    ],
    [
      "custom operators",
      { nodes: [{ ...negate, name: "n", domain: "com.microsoft" }] },
      'cannot be composed: node "n" is com.microsoft::Neg; only the default ONNX domain is known, export without custom operators',
    ],
    [
      "external data",
      {
        nodes: [negate],
        initializers: [{ name: "w", dataType: 1, dims: [1], dataLocation: 1, externalData: [{ key: "location", value: "w.bin" }] }],
      },
      'cannot be composed: the data of "w" lie in another file; export with all weights inside the .onnx file',
    ],
    [
      "external data in an attribute of any node",
      {
        nodes: [
          negate,
          {
            opType: "ConstantOfShape",
            name: "fill",
            input: ["shape"],
            output: ["k"],
            attribute: [{ name: "value", type: 4, t: { name: "v", dataType: 1, dims: [1], dataLocation: 1, externalData: [] } }],
          },
        ],
      },
      'node "fill": cannot be composed: the data of "v" lie in another file; export with all weights inside the .onnx file',
    ],
    [
      "functions of its own",
      { nodes: [{ ...negate, opType: "Spin" }], functions: [{ name: "Spin", domain: "ai.onnx", node: [negate] }] },
      'cannot be composed: it has a function of its own, "Spin", which can hide anything; export with functions inlined',
    ],
    [
      "float16 ports",
      { nodes: [negate], inputType: 10 },
      'cannot be composed: "x" has ONNX element type 10; use float32, int64, int32, uint8 or bool',
    ],
  ];
  for (const [name, model, message] of refusals) {
    it(`refuses ${name}`, () => {
      assert.throws(() => importModel(foreign(model), "m.onnx"), { code: "model.mismatch", message: `m.onnx: ${message}` });
    });
  }

  it("binds the batch by its name and gives output shapes for it", () => {
    const model = importModel(foreign({ nodes: [negate] }));
    assert.deepEqual(model.bind({ x: { dtype: "float32", shape: [7, 4] } }), { y: [7, 4] });
  });

  it("takes an unbound first dimension of an output as the batch, and refuses any other", () => {
    const renamed = importModel(foreign({ nodes: [negate], outputShape: ["Negy_dim_0", 4] }));
    assert.deepEqual(renamed.bind({ x: { dtype: "float32", shape: [7, 4] } }), { y: [7, 4] });
    const unknown = importModel(foreign({ nodes: [negate], outputShape: ["batch", "width"] }), "m.onnx");
    assert.throws(() => unknown.bind({ x: { dtype: "float32", shape: [7, 4] } }), {
      message: 'm.onnx: dimension "width" of output "y" follows from no input; export it as a number',
    });
  });

  it("names both shapes when an input does not fit", () => {
    const model = importModel(foreign({ nodes: [negate] }), "predictor.onnx");
    const bind = (inputs: Parameters<ImportedModel["bind"]>[0]) => () => model.bind(inputs);
    assert.throws(bind({ x: { dtype: "float32", shape: [7, 5] } }), {
      code: "model.mismatch",
      message: 'predictor.onnx: input "x" takes float32 [batch, 4] but is given float32 [7, 5]; feed it so, or export the model again',
    });
    assert.throws(bind({ x: { dtype: "int64", shape: [7, 4] } }), /takes float32 \[batch, 4\] but is given int64 \[7, 4\]/);
    assert.throws(bind({}), { message: 'predictor.onnx: input "x" is not given; give all of its inputs, x' });
    const x = { dtype: "float32", shape: [1, 4] } as const;
    assert.throws(bind({ x, latent: x }), { message: 'predictor.onnx: has no input "latent"; name one of its inputs, x' });
  });
});

describe("inlining", () => {
  it("shares the weights between calls: a second call adds nodes, not a second copy", () => {
    const model = linear();
    const sizeOf = (calls: number): number => {
      const g = new Graph("rollout");
      let x = g.input("x", "float32", [3, 64]);
      for (let call = 0; call < calls; call++) x = g.inline(model, { x })["y"]!;
      g.output("y", x);
      return g.toBytes().length;
    };
    assert.ok(sizeOf(1) > 64 * 64 * 4);
    assert.ok(sizeOf(5) - sizeOf(1) < 1_000, `five calls: ${sizeOf(5)} bytes, one: ${sizeOf(1)}`);
  });

  it("feeds one call's output to the next: five doublings make 32", async () => {
    const g = new Graph("rollout");
    let x = g.input("x", "float32", [2, 64]);
    const model = linear();
    for (let call = 0; call < 5; call++) x = g.inline(model, { x })["y"]!;
    g.output("y", x);
    assert.deepEqual(x.shape, [2, 64]);
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    const { y } = await session.run({ x: floats(new Float32Array(128).fill(0.5), [2, 64]) });
    assert.deepEqual(y?.data, new Float32Array(128).fill(16));
  });

  it("rewrites opset 17 reductions and splits for the graph's opset 18", async () => {
    const model = importModel(
      foreign({
        nodes: [
          { opType: "Split", input: ["x"], output: ["left", "right"], attribute: [{ name: "axis", type: 2, i: 1 }] },
          { opType: "Sub", input: ["left", "right"], output: ["difference"] },
          { opType: "ReduceMean", input: ["difference"], output: ["y"], attribute: [axes, { name: "keepdims", type: 2, i: 1 }] },
        ],
        outputShape: ["batch", 1],
      }),
    );
    const g = new Graph("g");
    const x = g.input("x", "float32", [1, 4]);
    g.output("y", ops.add(g, g.inline(model, { x })["y"]!, g.inline(model, { x })["y"]!));
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    const { y } = await session.run({ x: floats(Float32Array.of(5, 7, 1, 2), [1, 4]) });
    assert.deepEqual(y?.data, Float32Array.of(9));
  });

  it("keeps the highest opset of all models, and refuses an operator that means something else there", () => {
    const newer = importModel(foreign({ opset: 21, nodes: [negate] }));
    const group = { opType: "GroupNormalization", name: "norm", input: ["x", "s", "b"], output: ["y"] };
    const older = importModel(foreign({ opset: 18, nodes: [group] }), "older.onnx");
    const g = new Graph("g");
    const x = g.input("x", "float32", [1, 4]);
    const { y } = g.inline(newer, { x });
    g.output("y", y!);
    assert.equal(importModel(g.toBytes()).opset, 21);
    g.output("z", g.inline(older, { x })["y"]!);
    assert.throws(() => g.toBytes(), /GroupNormalization of opset 18 means something else from opset 21/);
  });

  it("turns Constant nodes into shared initialisers", async () => {
    const tensor = tensorProto("", Float32Array.of(1, 2, 3, 4), [4]);
    const constants: NodeProto[] = [
      { opType: "Constant", output: ["c"], attribute: [{ name: "value", type: 4, t: tensor }] },
      { opType: "Constant", output: ["f"], attribute: [{ name: "value_float", type: 1, f: 0.5 }] },
    ];
    const bytes = foreign({
      nodes: [...constants, { opType: "Add", input: ["x", "c"], output: ["s"] }, { opType: "Mul", input: ["s", "f"], output: ["y"] }],
    });
    const model = importModel(bytes);
    assert.deepEqual(
      model.initializers.map(({ name }) => name),
      ["c", "f"],
    );
    const g = new Graph("g");
    g.output("y", g.inline(model, { x: g.input("x", "float32", [1, 4]) })["y"]!);
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    const { y } = await session.run({ x: floats(new Float32Array(4), [1, 4]) });
    assert.deepEqual(y?.data, Float32Array.of(0.5, 1, 1.5, 2));
  });
});
