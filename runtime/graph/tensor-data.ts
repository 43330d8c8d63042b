/** Tensors as they enter and leave sessions: plain data, no runtime handles. */
import { AgentError } from "../core/errors.ts";
import { bindInputs, type PortInfo } from "./port.ts";
import type { DType } from "./proto.ts";
import { formatShape } from "./shape.ts";

/** A dense row-major tensor; bool is one byte an element, 0 or 1. */
export interface TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array | Int32Array;
}

const ARRAYS = { float32: Float32Array, int64: BigInt64Array, uint8: Uint8Array, bool: Uint8Array, int32: Int32Array } as const;

/** Shorthand for a float32 tensor. */
export const floats = (data: Float32Array, shape: readonly number[]): TensorData => ({ dtype: "float32", shape, data });

/** Checks feeds against a model's inputs before the runtime sees them, and returns the size of each symbolic dimension; throws `model.mismatch`. */
export function checkFeeds(
  model: string,
  inputs: readonly PortInfo[],
  feeds: Readonly<Record<string, TensorData>>,
): ReadonlyMap<string, number> {
  const sizes = bindInputs(model, inputs, feeds);
  for (const [name, { dtype, shape, data }] of Object.entries(feeds)) {
    const arrayType = ARRAYS[dtype];
    const count = shape.reduce((product, size) => product * size, 1);
    if (data instanceof arrayType && data.length === count && shape.every((size) => Number.isInteger(size) && size >= 0)) continue;
    throw new AgentError(
      "model.mismatch",
      `${model}: input "${name}" of ${dtype} ${formatShape(shape)} holds ${data.length} elements in a ${data.constructor.name}; give a ${arrayType.name} of ${count}`,
    );
  }
  return sizes;
}

/** Checks that results have the shapes that the model declares, which the runtime itself only warns of; a dimension that follows from no input may have any size. Throws `model.mismatch`. */
export function checkResults(
  model: string,
  outputs: readonly PortInfo[],
  sizes: ReadonlyMap<string, number>,
  results: Readonly<Record<string, TensorData>>,
): void {
  const [batch] = sizes.values();
  for (const { name, dims } of outputs) {
    const { shape } = results[name]!;
    const declared = dims.map((dim, i) => (typeof dim === "number" ? dim : (sizes.get(dim) ?? (i === 0 ? batch : undefined) ?? shape[i])));
    if (shape.length === dims.length && shape.every((size, i) => size === declared[i])) continue;
    throw new AgentError(
      "model.mismatch",
      `${model}: output "${name}" comes out as ${formatShape(shape)}, the file declares ${formatShape(declared.map((size) => size ?? -1))}; export it again`,
    );
  }
}
