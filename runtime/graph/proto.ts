/** The ONNX wire format as this folder uses it: element types, tensors and attributes to and from protobuf messages. */
import onnxProto from "onnx-proto";

export const { onnx } = onnxProto;
export type ModelProto = onnxProto.onnx.IModelProto;
export type NodeProto = onnxProto.onnx.INodeProto;
export type TensorProto = onnxProto.onnx.ITensorProto;
export type ValueInfoProto = onnxProto.onnx.IValueInfoProto;
export type AttributeProto = onnxProto.onnx.IAttributeProto;

export type DType = "float32" | "int64" | "uint8" | "bool" | "int32";

/** TensorProto.DataType numbers of the ONNX specification. */
export const DTYPE_CODES: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };

/** The element type of a TensorProto.DataType number, or null when this runtime does not exchange it. */
export function dtypeOfCode(code: number): DType | null {
  return (Object.keys(DTYPE_CODES) as DType[]).find((dtype) => DTYPE_CODES[dtype] === code) ?? null;
}

/** An operator attribute; a whole number is an integer unless ONNX declares the attribute of that name a float. */
export type Attribute = number | string | readonly number[];

const FLOAT_ATTRIBUTES = new Set(["alpha", "beta", "epsilon", "momentum", "gamma", "lambd", "bias", "scale", "extrapolation_value"]);

export function attributeProto(name: string, value: Attribute): AttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === "number") {
    if (Number.isInteger(value) && !FLOAT_ATTRIBUTES.has(name)) return { name, type: AttributeType.INT, i: value };
    return { name, type: AttributeType.FLOAT, f: value };
  }
  return { name, type: AttributeType.INTS, ints: [...value] };
}

export function tensorProto(name: string, data: Float32Array | BigInt64Array, shape: readonly number[]): TensorProto {
  return {
    name,
    dataType: data instanceof Float32Array ? DTYPE_CODES.float32 : DTYPE_CODES.int64,
    dims: [...shape],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), // ONNX raw data is little-endian, as is every platform of onnxruntime-node.
  };
}

/** The tensor description of a graph input or output; -1 becomes the symbolic dimension `batch`. */
export function valueInfoProto(name: string, dtype: DType, shape: readonly number[]): ValueInfoProto {
  const dim = shape.map((size) => (size === -1 ? { dimParam: "batch" } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: DTYPE_CODES[dtype], shape: { dim } } } };
}
