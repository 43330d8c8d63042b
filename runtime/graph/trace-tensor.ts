/** The stored tensors of an imported model as arrays that a Graph takes as constants. */
import { AgentError } from "../core/errors.ts";
import { DTYPE_CODES, dtypeOfCode, type TensorProto } from "./proto.ts";

export interface StoredTensor {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** Reads float32 and int64 (int32 is widened). Throws `model.mismatch` for other element types, `model.corrupt` when sizes disagree. */
export function readTensor(tensor: TensorProto, model: string): StoredTensor {
  const shape = (tensor.dims ?? []).map((size) => Number(String(size)));
  const data = dataOf(tensor, model);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length === count) return { data, shape };
  throw new AgentError(
    "model.corrupt",
    `${model}: tensor "${tensor.name}" of shape [${shape.join(", ")}] holds ${data.length} elements, not ${count}; export the file again`,
  );
}

function dataOf(tensor: TensorProto, model: string): Float32Array | BigInt64Array {
  const raw = tensor.rawData && tensor.rawData.length > 0 ? new Uint8Array(tensor.rawData) : null; // A copy: aligned, as typed arrays need it.
  switch (tensor.dataType) {
    case DTYPE_CODES.float32:
      return raw ? new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2) : Float32Array.from(tensor.floatData ?? []);
    case DTYPE_CODES.int64:
      return raw ? new BigInt64Array(raw.buffer, raw.byteOffset, raw.byteLength >> 3) : wide((tensor.int64Data ?? []).map(String));
    case DTYPE_CODES.int32:
      return wide(
        raw ? [...new Int32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2)].map(String) : (tensor.int32Data ?? []).map(String),
      );
    default: {
      const type = dtypeOfCode(tensor.dataType ?? 0) ?? `ONNX element type ${tensor.dataType}`;
      throw new AgentError("model.mismatch", `${model}: tensor "${tensor.name}" is ${type}; export it with float32 and int64 only`);
    }
  }
}

const wide = (values: readonly string[]): BigInt64Array => BigInt64Array.from(values, BigInt);
