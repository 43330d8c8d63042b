/** Counts the arithmetic of an ONNX graph: its matrix products and convolutions, with the shapes they have in one run. */
import { AgentError } from "../../../runtime/core/errors.ts";
import { type NodeProto, onnx } from "../../../runtime/graph/proto.ts";
import { floats, openSession, type PortInfo, type TensorData } from "../../../runtime/graph/session.ts";

/** Index of the operand that holds the weights. */
const PRODUCTS: Readonly<Record<string, 1>> = { MatMul: 1, Gemm: 1, MatMulInteger: 1, Conv: 1 };
const FLOAT = 1;
const INT32 = 6;

/** Floating-point operations of one run (a multiplication and an addition are two); symbolic sizes are taken as 1. Elementwise operators are not counted. */
export async function countFlop(bytes: Uint8Array): Promise<number> {
  const model = onnx.ModelProto.decode(bytes);
  const graph = model.graph;
  if (!graph) throw new AgentError("model.corrupt", `flop count: holds no graph in ${bytes.length} bytes; export it again`);
  const nodes = (graph.node ?? []).filter((node) => Object.hasOwn(PRODUCTS, node.opType ?? ""));
  if (nodes.length === 0) return 0;
  const shapes = new Map(
    (graph.initializer ?? []).map((tensor) => [tensor.name ?? "", (tensor.dims ?? []).map((size) => Number(String(size)))]),
  );
  const exposed = new Map(nodes.map((node) => [node.output?.[0] ?? "", node.opType === "MatMulInteger" ? INT32 : FLOAT]));
  for (const node of nodes) if (!shapes.has(weightsOf(node))) exposed.set(weightsOf(node), FLOAT);
  const known = new Set([...(graph.output ?? []), ...(graph.input ?? [])].map(({ name }) => name));
  for (const [name, elemType] of exposed) {
    if (!known.has(name)) graph.output = [...(graph.output ?? []), { name, type: { tensorType: { elemType } } }];
  }
  await using session = await openSession(new Uint8Array(onnx.ModelProto.encode(model).finish()), { provider: "cpu", name: "flop count" });
  const feeds = Object.fromEntries(session.inputs.map((input) => [input.name, zeros(input)]));
  for (const [name, { shape }] of Object.entries({ ...feeds, ...(await session.run(feeds)) })) shapes.set(name, [...shape]);
  return nodes.reduce((sum, node) => sum + flopOf(node, shapes), 0);
}

const weightsOf = (node: NodeProto): string => node.input?.[1] ?? "";

/** Two operations per output element and summed element. */
function flopOf(node: NodeProto, shapes: ReadonlyMap<string, readonly number[]>): number {
  const weights = shapes.get(weightsOf(node)) ?? [];
  const outputs = (shapes.get(node.output?.[0] ?? "") ?? []).reduce((product, size) => product * size, 1);
  return 2 * outputs * summedCount(node, weights);
}

function summedCount(node: NodeProto, weights: readonly number[]): number {
  if (node.opType === "Conv") return weights.slice(1).reduce((product, size) => product * size, 1); // (out, in / groups, kernel...)
  const transposed = node.opType === "Gemm" && (node.attribute ?? []).some(({ name, i }) => name === "transB" && Number(String(i)) === 1);
  return (transposed ? weights.at(-1) : weights.at(-2)) ?? weights[0] ?? 0;
}

function zeros({ dtype, shape }: PortInfo): TensorData {
  const fixed = shape.map((size) => (size === -1 ? 1 : size));
  const count = fixed.reduce((product, size) => product * size, 1);
  switch (dtype) {
    case "float32":
      return floats(new Float32Array(count), fixed);
    case "int64":
      return { dtype, shape: fixed, data: new BigInt64Array(count) };
    case "int32":
      return { dtype, shape: fixed, data: new Int32Array(count) };
    default:
      return { dtype, shape: fixed, data: new Uint8Array(count) };
  }
}
