/** Builds an ONNX graph with static shapes, node by node, and composes imported models into it. Operators with shape inference are in ops.ts. */
import { AgentError, invariant } from "../core/errors.ts";
import type { ImportedModel } from "./import.ts";
import { InlineCopies } from "./inline.ts";
import { irVersionOf, upgradeNode } from "./opset.ts";
import {
  type Attribute,
  attributeProto,
  type DType,
  type NodeProto,
  onnx,
  type TensorProto,
  tensorProto,
  valueInfoProto,
} from "./proto.ts";
import { elementCount, formatShape } from "./shape.ts";

export type { Attribute, DType } from "./proto.ts";

/** A tensor of one graph; -1 in `shape` is a symbolic batch dimension. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** One operator as it was added: what reverse-mode differentiation walks back over. */
export interface Step {
  readonly type: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** The opset that `op` and ops.ts write; inlined models may raise the graph's opset, never lower it. */
const BUILDER_OPSET = 18;
/** Constants up to this many elements are stored once however often they are asked for. */
const SHARED_CONSTANT_ELEMENTS_MAX = 64;

export class Graph {
  readonly name: string;
  #opset = BUILDER_OPSET;
  #nextId = 0;
  readonly #values = new Map<string, Value>();
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  readonly #nodes: { readonly proto: NodeProto; readonly opset: number }[] = [];
  readonly #steps: Step[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #sharedConstants = new Map<string, Value>();
  readonly #constants = new Map<string, Float32Array | BigInt64Array>();
  readonly #inlined = new Map<ImportedModel, InlineCopies>();

  constructor(name: string) {
    this.name = name;
  }

  input(name: string, dtype: DType, shape: readonly number[]): Value {
    const value = this.#define(name, dtype, shape);
    this.#inputs.push(value);
    return value;
  }

  /** A tensor stored in the graph; a number is a float32 scalar. The data are copied. */
  constant(data: Float32Array | BigInt64Array | number, shape?: readonly number[]): Value {
    const array = typeof data === "number" ? Float32Array.of(data) : data.slice();
    const dims = shape ?? (typeof data === "number" ? [] : [array.length]);
    invariant(
      elementCount(dims) === array.length,
      `graph "${this.name}": constant of ${array.length} elements has shape ${formatShape(dims)}`,
    );
    const key = array.length <= SHARED_CONSTANT_ELEMENTS_MAX ? constantKey(array, dims) : null;
    const known = key === null ? undefined : this.#sharedConstants.get(key);
    if (known) return known;
    const value = this.#define(this.#freshName("constant"), array instanceof Float32Array ? "float32" : "int64", dims);
    this.#initializers.push(tensorProto(value.name, array, dims));
    this.#constants.set(value.name, array);
    if (key !== null) this.#sharedConstants.set(key, value);
    return value;
  }

  /** A constant under a name of its own, that whoever reads the file can find it by. */
  weight(name: string, data: Float32Array, shape: readonly number[]): Value {
    invariant(
      elementCount(shape) === data.length,
      `graph "${this.name}": weight "${name}" of ${data.length} elements is ${formatShape(shape)}`,
    );
    const value = this.#define(name, "float32", shape);
    this.#initializers.push(tensorProto(name, data.slice(), shape));
    return value;
  }

  /** Adds one ONNX operator; null skips an optional input. The caller states the output types and shapes. */
  op(
    type: string,
    inputs: readonly (Value | null)[],
    outputs: readonly { readonly dtype: DType; readonly shape: readonly number[] }[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    for (const value of inputs) if (value) this.#own(value, type);
    const values = outputs.map(({ dtype, shape }) => this.#define(this.#freshName(type), dtype, shape));
    const proto: NodeProto = {
      opType: type,
      name: this.#freshName(`node_${type}`),
      input: inputs.map((value) => value?.name ?? ""),
      output: values.map((value) => value.name),
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    };
    this.#nodes.push({ proto, opset: BUILDER_OPSET });
    this.#steps.push({ type, inputs: [...inputs], outputs: values, attributes });
    return values;
  }

  /** Declares an output of the graph; one value may be several outputs. */
  output(name: string, value: Value): void {
    this.#own(value, `output "${name}"`);
    const out = this.#define(name, value.dtype, value.shape);
    this.#nodes.push({ proto: { opType: "Identity", name: `node_${name}`, input: [value.name], output: [name] }, opset: BUILDER_OPSET });
    this.#outputs.push(out);
  }

  /** Copies the model's nodes under a fresh prefix, fed by `inputs` by name; its initialisers are stored once per model. Returns its outputs by name. */
  inline(model: ImportedModel, inputs: Readonly<Record<string, Value>>): Record<string, Value> {
    for (const value of Object.values(inputs)) this.#own(value, `inline of ${model.name}`);
    const shapes = model.bind(inputs);
    let copies = this.#inlined.get(model);
    if (!copies) {
      copies = new InlineCopies(model, this.#freshName("model"));
      this.#initializers.push(...copies.initializers);
      this.#inlined.set(model, copies);
    }
    this.#opset = Math.max(this.#opset, model.opset);
    const prefix = this.#freshName("call");
    const call = copies.call(prefix, inputs);
    for (const proto of call.nodes) this.#nodes.push({ proto, opset: model.opset });
    const outputs = Object.fromEntries(
      model.outputs.map((output) => {
        const name = call.outputNames.get(output.name);
        invariant(name !== undefined, `inline of ${model.name}: no name for output "${output.name}"`);
        const value = this.#values.get(name) ?? this.#define(name, output.dtype, shapes[output.name] ?? []);
        return [output.name, value];
      }),
    );
    this.#steps.push({ type: "inline", inputs: Object.values(inputs), outputs: Object.values(outputs), attributes: { model: model.name } });
    return outputs;
  }

  /** The data of a constant of this graph; null for a value that is computed. */
  constantOf(value: Value): Float32Array | BigInt64Array | null {
    return this.#constants.get(value.name) ?? null;
  }

  /** Every operator so far, in order; an inlined model is one step of type `inline`. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** The serialised model: what a session opens and `onnx` tools read. */
  toBytes(): Uint8Array {
    if (this.#outputs.length === 0)
      throw new AgentError("model.mismatch", `graph "${this.name}": has no output; call output() at least once`);
    const upgraded = this.#nodes.map(({ proto, opset }) => upgradeNode(proto, opset, this.#opset));
    const message = {
      irVersion: irVersionOf(this.#opset),
      producerName: "foresight",
      opsetImport: [{ domain: "", version: this.#opset }],
      graph: {
        name: this.name,
        node: upgraded.map(({ node }) => node),
        initializer: [...this.#initializers, ...upgraded.flatMap(({ initializers }) => initializers)],
        input: this.#inputs.map((value) => valueInfoProto(value.name, value.dtype, value.shape)),
        output: this.#outputs.map((value) => valueInfoProto(value.name, value.dtype, value.shape)),
      },
    };
    return new Uint8Array(onnx.ModelProto.encode(message).finish()); // A copy: protobufjs returns a pooled Buffer.
  }

  #freshName(stem: string): string {
    let name: string;
    do name = `${stem}_${this.#nextId++}`;
    while (this.#values.has(name));
    return name;
  }

  #define(name: string, dtype: DType, shape: readonly number[]): Value {
    invariant(name !== "" && !this.#values.has(name), `graph "${this.name}": the name "${name}" is empty or taken`);
    invariant(
      shape.every((size) => Number.isInteger(size) && size >= -1),
      `graph "${this.name}": "${name}" has the impossible shape ${formatShape(shape)}`,
    );
    const value: Value = { name, dtype, shape: [...shape] };
    this.#values.set(name, value);
    return value;
  }

  #own(value: Value, user: string): void {
    invariant(this.#values.get(value.name) === value, `graph "${this.name}": ${user} uses "${value.name}", a value of another graph`);
  }
}

function constantKey(data: Float32Array | BigInt64Array, shape: readonly number[]): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  return `${data instanceof Float32Array ? "f" : "i"}[${shape.join(",")}]${bytes}`;
}
