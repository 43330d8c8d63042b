/** Which ONNX opsets we accept, and the rewriting of nodes that an opset in that range changed. */
import { AgentError } from "../core/errors.ts";
import { type NodeProto, type TensorProto, tensorProto } from "./proto.ts";

export const OPSET_MIN = 17;
export const OPSET_MAX = 21;

/** The operators that took `axes` as an attribute before opset 18 and as an input since. */
const REDUCTIONS_CHANGED_AT_18 = new Set([
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceMax",
  "ReduceMean",
  "ReduceMin",
  "ReduceProd",
  "ReduceSumSquare",
]);
/** Operators whose meaning changed at an opset in a way we do not rewrite (ONNX Operators.md, version history). */
const INCOMPATIBLE_FROM: Readonly<Record<string, number>> = { GridSample: 20, DFT: 20, GroupNormalization: 21 };

/** The oldest IR version that may carry an opset (ONNX Versioning.md). */
export function irVersionOf(opset: number): number {
  if (opset >= 21) return 10;
  return opset >= 19 ? 9 : 8;
}

/** The node as the newer opset writes it, with the constants it then needs; throws `model.mismatch` when it cannot be said. */
export function upgradeNode(node: NodeProto, from: number, to: number): { node: NodeProto; initializers: TensorProto[] } {
  const type = node.opType ?? "";
  const changedAt = INCOMPATIBLE_FROM[type];
  if (changedAt !== undefined && from < changedAt && to >= changedAt) {
    throw new AgentError(
      "model.mismatch",
      `node "${node.name}": ${type} of opset ${from} means something else from opset ${changedAt}, and another model of this graph needs opset ${to}; export both models with the same opset`,
    );
  }
  if (from >= 18 || to < 18) return { node, initializers: [] };
  if (REDUCTIONS_CHANGED_AT_18.has(type)) return axesAsInput(node);
  if (type === "Split" && (node.input?.length ?? 0) < 2) {
    const count = { name: "num_outputs", type: 2, i: node.output?.length ?? 1 };
    return { node: { ...node, attribute: [...(node.attribute ?? []), count] }, initializers: [] };
  }
  return { node, initializers: [] };
}

function axesAsInput(node: NodeProto): { node: NodeProto; initializers: TensorProto[] } {
  const axes = node.attribute?.find((attribute) => attribute.name === "axes");
  if (!axes) return { node, initializers: [] };
  const name = `${node.output?.[0]}_axes`;
  const values = BigInt64Array.from((axes.ints ?? []).map((axis) => BigInt(axis.toString())));
  const attribute = node.attribute?.filter((other) => other !== axes) ?? [];
  return { node: { ...node, input: [node.input?.[0] ?? "", name], attribute }, initializers: [tensorProto(name, values, [values.length])] };
}
