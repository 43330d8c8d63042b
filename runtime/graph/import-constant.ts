/** Turns the Constant nodes that exporters write into initialisers, so that repeated calls of a model share them. */
import { DTYPE_CODES, type NodeProto, type TensorProto, tensorProto } from "./proto.ts";

/** The tensor of a Constant node under its output's name; null for any other node. */
export function readConstantNode(node: NodeProto): TensorProto | null {
  if (node.opType !== "Constant") return null;
  const name = node.output?.[0] ?? "";
  const attribute = node.attribute?.[0];
  const ints = (values: readonly unknown[]): BigInt64Array => BigInt64Array.from(values.map((value) => BigInt(String(value))));
  switch (attribute?.name) {
    case "value":
      return { ...attribute.t, name };
    case "value_int":
      return tensorProto(name, ints([attribute.i ?? 0]), []);
    case "value_ints":
      return tensorProto(name, ints(attribute.ints ?? []), [attribute.ints?.length ?? 0]);
    case "value_float":
      return { name, dataType: DTYPE_CODES.float32, dims: [], floatData: [attribute.f ?? 0] };
    case "value_floats":
      return { name, dataType: DTYPE_CODES.float32, dims: [attribute.floats?.length ?? 0], floatData: attribute.floats ?? [] };
    default:
      return null; // Strings and sparse tensors stay nodes; ONNX Runtime judges them.
  }
}
