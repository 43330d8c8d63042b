/** A traced model computes what the inlined one computes, on all shipped networks and on every operator that is traced. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { gradients } from "../../../runtime/graph/backward.ts";
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import { type ImportedModel, importModel } from "../../../runtime/graph/import.ts";
import { reduceSum, slice } from "../../../runtime/graph/ops.ts";
import { type NodeProto, onnx, type TensorProto, tensorProto, valueInfoProto } from "../../../runtime/graph/proto.ts";
import { floats, openSession, type TensorData } from "../../../runtime/graph/session.ts";
import { traceModel } from "../../../runtime/graph/trace.ts";
import { TRACERS } from "../../../runtime/graph/trace-ops.ts";

const BATCH = 3;
const worldModels = join(packageRoot, "robots/panda/world-models");
const shipped = readdirSync(worldModels, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => ["predictor", "critic", "policy", "probe"].map((role) => join(name, `${role}.onnx`)))
  .filter((file) => existsSync(join(worldModels, file)));

/** Inputs of a model for a batch, by name. */
function declare(g: Graph, model: ImportedModel): Record<string, Value> {
  return Object.fromEntries(
    model.inputs.map(({ name, shape }) => [
      name,
      g.input(
        name,
        "float32",
        shape.map((size) => (size === -1 ? BATCH : size)),
      ),
    ]),
  );
}

/** Largest difference between the outputs of the traced and the inlined model on the same random inputs. */
async function worstDifference(model: ImportedModel): Promise<number> {
  const rng = createRng(5);
  const feeds: Record<string, TensorData> = {};
  const outputs: Record<string, TensorData>[] = [];
  for (const how of ["inlined", "traced"]) {
    const g = new Graph(how);
    const inputs = declare(g, model);
    for (const { name, shape } of Object.values(inputs)) {
      const count = shape.reduce((product, size) => product * size, 1);
      feeds[name] ??= floats(
        Float32Array.from({ length: count }, () => rng.between(0.2, 1.4)),
        shape,
      );
    }
    const results = how === "inlined" ? g.inline(model, inputs) : traceModel(g, model, inputs, { differentiable: true });
    for (const [name, value] of Object.entries(results)) g.output(`out_${name}`, value);
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    outputs.push(await session.run(feeds));
  }
  const [inlined, traced] = outputs as [Record<string, TensorData>, Record<string, TensorData>];
  let worst = 0;
  for (const [name, { data, shape }] of Object.entries(inlined)) {
    assert.deepEqual(traced[name]!.shape, shape);
    for (const [i, value] of (data as Float32Array).entries())
      worst = Math.max(worst, Math.abs(value - (traced[name]!.data[i] as number)) / (1 + Math.abs(value)));
  }
  return worst;
}

describe("tracing the shipped networks", () => {
  it("finds them", () => assert.ok(shipped.length >= 12, `${shipped.length} files`));

  for (const file of shipped) {
    it(`${file} computes the same`, async () => {
      const worst = await worstDifference(importModel(readFileSync(join(worldModels, file)), file));
      assert.ok(worst < 1e-5, `differs by ${worst}`);
    });
  }

  it("a whole network's gradient is its slope: five steps of the shipped predictor, then the critic", async () => {
    const [predictor, critic] = ["predictor", "critic"].map((role) =>
      importModel(readFileSync(join(worldModels, `reach/${role}.onnx`)), role),
    );
    const g = new Graph("whole");
    const at = g.input("at", "float32", [1, 67]);
    const actions = g.input("actions", "float32", [5, 3]);
    let latent = at;
    for (let step = 0; step < 5; step++)
      latent = traceModel(g, predictor!, { latent, action: slice(g, actions, 0, step, step + 1) }, { differentiable: true })["next"]!;
    const cost = traceModel(g, critic!, { latent, goal: g.input("goal", "float32", [1, 67]) }, { differentiable: true })["cost"]!;
    g.output("cost", cost);
    g.output("slope", gradients(g, cost, [actions])[0]!);
    await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
    const rng = createRng(2);
    const [start, goal] = [rng.fillNormal(new Float32Array(67)), rng.fillNormal(new Float32Array(67))];
    const run = (values: Float32Array) =>
      session.run({ at: floats(start, [1, 67]), goal: floats(goal, [1, 67]), actions: floats(values, [5, 3]) });
    const slope = (await run(new Float32Array(15)))["slope"]!.data as Float32Array;
    const towards = slope.map((value) => value / Math.hypot(...slope));
    const costAt = async (length: number): Promise<number> =>
      (await run(towards.map((value) => length * value)))["cost"]!.data[0] as number;
    const numeric = ((await costAt(0.02)) - (await costAt(-0.02))) / 0.04;
    assert.ok(Math.abs(numeric - Math.hypot(...slope)) < 0.05 * numeric, `slope ${Math.hypot(...slope)}, finite difference ${numeric}`);
  });

  it("stores the weights once, however often a model is called", () => {
    const model = importModel(readFileSync(join(worldModels, "push/predictor.onnx")), "predictor");
    const bytes = (calls: number): number => {
      const g = new Graph("calls");
      const inputs = declare(g, model);
      for (let call = 0; call < calls; call++) g.output(`next${call}`, traceModel(g, model, inputs)["next"]!);
      return g.toBytes().length;
    };
    assert.ok(bytes(3) < 1.1 * bytes(1));
  });
});

interface Case {
  readonly type: string;
  readonly node?: Partial<NodeProto>;
  readonly tensors?: readonly TensorProto[];
  readonly opset?: number;
  /** Of y for x of (3, 4); default the same. */
  readonly out?: readonly number[];
}

const ints = (name: string, ...values: number[]): TensorProto => tensorProto(name, BigInt64Array.from(values, BigInt), [values.length]);
const number = (name: string, value: number): TensorProto => tensorProto(name, Float32Array.of(value), []);
const matrix = (name: string, rows: number, columns: number): TensorProto =>
  tensorProto(
    name,
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
    [rows, columns],
  );
const int = (name: string, i: number) => ({ name, type: 2, i });

const CASES: readonly Case[] = [
  ...["Neg", "Abs", "Relu", "Tanh", "Sigmoid", "Exp", "Log", "Sqrt", "Sin", "Cos", "Erf", "Identity"].map((type) => ({ type })),
  { type: "Gelu", opset: 20 },
  ...["Add", "Sub", "Mul", "Div", "Min", "Max"].map((type) => ({
    type,
    node: { input: ["x", "c"] },
    tensors: [tensorProto("c", Float32Array.of(0.5, 2, -1, 0.9), [4])],
  })),
  ...[-1, -0.5, 0.5, 1, 2, 3].map((exponent) => ({ type: "Pow", node: { input: ["x", "c"] }, tensors: [number("c", exponent)] })),
  { type: "Clip", node: { input: ["x", "", "c"] }, tensors: [number("c", 0.7)] },
  { type: "MatMul", node: { input: ["x", "c"] }, tensors: [matrix("c", 4, 5)], out: [3, 5] },
  {
    type: "Gemm",
    node: { input: ["x", "c"], attribute: [int("transB", 1), { name: "alpha", type: 1, f: 0.5 }] },
    tensors: [matrix("c", 5, 4)],
    out: [3, 5],
  },
  { type: "LayerNormalization", node: { input: ["x", "c"] }, tensors: [tensorProto("c", Float32Array.of(1, 2, 3, 4), [4])] },
  { type: "Softmax" },
  { type: "ReduceSum", node: { input: ["x", "a"] }, tensors: [ints("a", 1)], out: [3, 1] },
  { type: "ReduceMean", node: { attribute: [{ name: "axes", type: 7, ints: [-1] }, int("keepdims", 0)] }, opset: 17, out: [3] },
  { type: "ReduceMax", node: { input: ["x", "a"], attribute: [int("keepdims", 0)] }, tensors: [ints("a", 0)], out: [4] },
  { type: "Reshape", node: { input: ["x", "s"] }, tensors: [ints("s", 0, 2, -1)], out: [3, 2, 2] },
  { type: "Flatten", node: { attribute: [int("axis", 0)] }, out: [1, 12] },
  { type: "Unsqueeze", node: { input: ["x", "a"] }, tensors: [ints("a", 0, -1)], out: [1, 3, 4, 1] },
  { type: "Squeeze", node: { input: ["x", "a"] }, tensors: [ints("a", 1)], out: [3, 4] },
  { type: "Transpose", out: [4, 3] },
  { type: "Concat", node: { input: ["x", "x"], attribute: [int("axis", -1)] }, out: [3, 8] },
  { type: "Expand", node: { input: ["x", "s"] }, tensors: [ints("s", 2, 3, 4)], out: [2, 3, 4] },
  { type: "Slice", node: { input: ["x", "b", "e", "a"] }, tensors: [ints("b", -3), ints("e", 9_000), ints("a", 1)], out: [3, 3] },
  { type: "Gather", node: { input: ["x", "i"], attribute: [int("axis", 1)] }, tensors: [ints("i", 2, -1)], out: [3, 2] },
];

/** A model of one node, x (3, 4) -> y; Squeeze is given (3, 1, 4). */
function one({ type, node, tensors = [], opset = 18, out = [3, 4] }: Case): ImportedModel {
  const x = valueInfoProto("x", "float32", type === "Squeeze" ? [3, 1, 4] : [3, 4]);
  const graph = {
    name: type,
    node: [{ opType: type, name: "n", input: ["x"], output: ["y"], ...node }],
    initializer: [...tensors],
    input: [x],
    output: [valueInfoProto("y", "float32", out)],
  };
  return importModel(new Uint8Array(onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ version: opset }], graph }).finish()), "file");
}

describe("tracing an operator", () => {
  for (const each of CASES) {
    it(`${each.type} computes the same`, async () => assert.ok((await worstDifference(one(each))) < 1e-6));

    it(`${each.type} can be differentiated`, () => {
      const g = new Graph("way back");
      const x = declare(g, one(each))["x"]!;
      const [gradient] = gradients(g, reduceSum(g, traceModel(g, one(each), { x })["y"]!), [x]);
      assert.deepEqual(gradient!.shape, x.shape);
    });
  }

  it("has a case here for every one that it knows", () => {
    assert.deepEqual([...new Set(CASES.map(({ type }) => type))].sort(), Object.keys(TRACERS).sort());
  });

  const refusals: readonly (readonly [string, Case, string])[] = [
    ["an operator it does not know", { type: "Hardmax" }, 'file: node "n" (Hardmax): cannot be traced; use a solver without gradients'],
    ["an odd exponent", { type: "Pow", node: { input: ["x", "c"] }, tensors: [number("c", 1.7)] }, "exponent 1.7"],
    ["indices that are computed", { type: "Reshape", node: { input: ["x", "x"] } }, 'file: node "n" (Reshape): shape that are computed'],
    ["an output of another shape", { type: "Relu", out: [3, 5] }, 'file: output "y" comes out as [3, 4], the file says [3, 5]'],
  ];
  for (const [what, each, message] of refusals) {
    it(`refuses ${what} and names it`, () => {
      const g = new Graph("refusal");
      const model = one(each);
      assert.throws(
        () => traceModel(g, model, declare(g, model)),
        (error: { code: string; message: string }) => error.code === "model.mismatch" && error.message.includes(message),
      );
    });
  }
});
