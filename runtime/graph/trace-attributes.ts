/** The attributes of an ONNX node as plain values. */
import type { AttributeProto, NodeProto } from "./proto.ts";
import { onnx } from "./proto.ts";

export type Attributes = ReadonlyMap<string, number | string | readonly number[]>;

/** Numbers, texts and lists of whole numbers; tensors and graphs are left out. */
export function readAttributes(node: NodeProto): Attributes {
  const { AttributeType } = onnx.AttributeProto;
  const read = (attribute: AttributeProto): number | string | readonly number[] | null => {
    switch (attribute.type) {
      case AttributeType.FLOAT:
        return attribute.f ?? 0;
      case AttributeType.INT:
        return Number(String(attribute.i ?? 0));
      case AttributeType.STRING:
        return new TextDecoder().decode(attribute.s ?? new Uint8Array(0));
      case AttributeType.INTS:
        return (attribute.ints ?? []).map((value) => Number(String(value)));
      default:
        return null;
    }
  };
  return new Map(
    (node.attribute ?? []).flatMap((attribute) => {
      const value = read(attribute);
      return value === null ? [] : [[attribute.name ?? "", value] as const];
    }),
  );
}
