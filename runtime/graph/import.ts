/** Reads an ONNX file so that it can be checked against a contract and composed into a graph; refuses what composition cannot carry. */
import { AgentError } from "../core/errors.ts";
import { readConstantNode } from "./import-constant.ts";
import { OPSET_MAX, OPSET_MIN } from "./opset.ts";
import { bindInputs, bindOutputs, describePort, type PortInfo, type TensorType } from "./port.ts";
import { dtypeOfCode, type ModelProto, type NodeProto, onnx, type TensorProto, type ValueInfoProto } from "./proto.ts";

export interface ImportedModel {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /** Checks that the inputs fit (names, element types, shapes) and returns the shape of each output for them; throws `model.mismatch`. */
  bind(inputs: Readonly<Record<string, TensorType>>): Record<string, readonly number[]>;
}

const CONTROL_FLOW = new Set(["If", "Loop", "Scan", "SequenceMap"]);

/** Parses ONNX bytes. Throws `model.corrupt` when they are no model and `model.mismatch` when they use what we do not compose. `name` is for messages. */
export function importModel(bytes: Uint8Array, name = "model"): ImportedModel {
  const proto = decode(bytes, name);
  const graph = proto.graph;
  if (!graph || (graph.node ?? []).length === 0) {
    throw new AgentError("model.corrupt", `${name}: holds no graph node in ${bytes.length} bytes; copy or export the file again`);
  }
  const opset = Number(String((proto.opsetImport ?? []).find(({ domain }) => isDefaultDomain(domain))?.version ?? 0));
  if (opset < OPSET_MIN || opset > OPSET_MAX) {
    throw new AgentError(
      "model.mismatch",
      `${name}: opset ${opset} is outside ${OPSET_MIN}..${OPSET_MAX}; export it again with one of those`,
    );
  }
  if ((graph.sparseInitializer ?? []).length > 0) refuse(name, "it has sparse initialisers; store them densely");
  const own = (proto.functions ?? [])[0];
  if (own) refuse(name, `it has a function of its own, "${own.name}", which can hide anything; export with functions inlined`);
  const initializers = [...(graph.initializer ?? [])];
  const nodes: NodeProto[] = [];
  for (const node of graph.node ?? []) {
    checkNode(node, name);
    const constant = readConstantNode(node);
    if (constant) initializers.push(constant);
    else nodes.push(node);
  }
  for (const tensor of initializers) checkTensor(tensor, name);
  const stored = new Set(initializers.map((tensor) => tensor.name));
  const inputs = (graph.input ?? []).filter((input) => !stored.has(input.name)).map((info) => readPort(info, name));
  const outputs = (graph.output ?? []).map((info) => readPort(info, name));
  return {
    name,
    opset,
    inputs,
    outputs,
    nodes,
    initializers,
    bind: (given) => bindOutputs(name, outputs, bindInputs(name, inputs, given)),
  };
}

function decode(bytes: Uint8Array, name: string): ModelProto {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (cause) {
    throw new AgentError("model.corrupt", `${name}: ${bytes.length} bytes are no ONNX model; copy or export the file again`, { cause });
  }
}

const isDefaultDomain = (domain: string | null | undefined): boolean => !domain || domain === "ai.onnx";

function refuse(name: string, why: string): never {
  throw new AgentError("model.mismatch", `${name}: cannot be composed: ${why}`);
}

function checkNode(node: NodeProto, name: string): void {
  for (const tensor of tensorsOf(node)) checkTensor(tensor, `${name}: node "${node.name}"`);
  if (!isDefaultDomain(node.domain)) {
    refuse(
      name,
      `node "${node.name}" is ${node.domain}::${node.opType}; only the default ONNX domain is known, export without custom operators`,
    );
  }
  const hasSubgraph = (node.attribute ?? []).some(({ g, graphs }) => g || (graphs ?? []).length > 0);
  if (hasSubgraph || CONTROL_FLOW.has(node.opType ?? "")) {
    refuse(name, `node "${node.name}" is control flow (${node.opType}); export with fixed shapes and unrolled loops`);
  }
}

/** Tensors that a node holds itself, in whichever attribute. */
const tensorsOf = ({ attribute }: NodeProto): readonly TensorProto[] =>
  (attribute ?? []).flatMap(({ t, tensors, sparseTensor, sparseTensors }) => [
    ...(t ? [t] : []),
    ...(tensors ?? []),
    ...[...(sparseTensor ? [sparseTensor] : []), ...(sparseTensors ?? [])].flatMap(({ values, indices }) => [
      ...(values ? [values] : []),
      ...(indices ? [indices] : []),
    ]),
  ]);

function checkTensor(tensor: TensorProto, name: string): void {
  if (tensor.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL || (tensor.externalData ?? []).length > 0) {
    refuse(name, `the data of "${tensor.name}" lie in another file; export with all weights inside the .onnx file`);
  }
}

function readPort(info: ValueInfoProto, model: string): PortInfo {
  const name = info.name ?? "";
  const tensor = info.type?.tensorType;
  if (name === "") throw new AgentError("model.corrupt", `${model}: an input or output has no name; copy or export the file again`);
  const dtype = dtypeOfCode(tensor?.elemType ?? 0);
  if (!dtype) refuse(model, `"${name}" has ONNX element type ${tensor?.elemType ?? "none"}; use float32, int64, int32, uint8 or bool`);
  if (!tensor?.shape) refuse(model, `"${name}" declares no shape; export with shapes`);
  const dims = (tensor.shape.dim ?? []).map((dim) => dim.dimParam || (dim.dimValue ? Number(String(dim.dimValue)) : ""));
  return describePort(name, dtype, dims);
}
