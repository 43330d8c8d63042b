/** Tensors in the words of the Open Inference Protocol, version 2 (https://github.com/kserve/open-inference-protocol): its names of element types, and raw little-endian bytes. */
import * as z from "zod";
import { describePort, type PortInfo } from "../port.ts";
import type { DType } from "../proto.ts";
import type { TensorData } from "../tensor-data.ts";

const DATATYPES = { float32: "FP32", int64: "INT64", int32: "INT32", uint8: "UINT8", bool: "BOOL" } as const;
const DTYPES = Object.fromEntries(Object.entries(DATATYPES).map(([dtype, datatype]) => [datatype, dtype as DType]));
const ELEMENT_BYTES = { float32: 4, int64: 8, int32: 4, uint8: 1, bool: 1 } as const;
const ARRAYS = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array } as const;

/** What a server says of one tensor. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

const RANK_MAX = 8;
const size = z.coerce.number().int().min(-1).max(0x7fff_ffff);
/** `int64` sizes come as numbers over HTTP and as texts over gRPC. */
export const tensorHead = z.object({ name: z.string().max(256), datatype: z.string().max(16), shape: z.array(size).max(RANK_MAX) });

export const datatypeOf = (dtype: DType): string => DATATYPES[dtype];

/** An input or output as a server describes it. Throws Error naming the type that nothing of ours takes. */
export const portOf = ({ name, datatype, shape }: TensorHead): PortInfo => describePort(name, dtypeOf(name, datatype), shape);

/** The bytes of a tensor; shared with it. */
export const bytesOf = ({ data }: TensorData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** How many bytes a tensor takes. */
export const byteLengthOf = ({ name, datatype, shape }: TensorHead): number =>
  shape.reduce((product, each) => product * each, ELEMENT_BYTES[dtypeOf(name, datatype)]);

/** Copies the bytes. Throws Error for a type that nothing of ours takes, or another number of bytes than the shape needs. */
export function tensorOf(head: TensorHead, bytes: Uint8Array): TensorData {
  const dtype = dtypeOf(head.name, head.datatype);
  const needed = byteLengthOf(head);
  if (bytes.length !== needed || needed < 0)
    throw new Error(`"${head.name}" of ${head.datatype} [${head.shape.join(", ")}] came with ${bytes.length} bytes, it takes ${needed}`);
  const { buffer } = new Uint8Array(bytes); // A copy starts where every element type is aligned.
  return { dtype, shape: head.shape, data: new ARRAYS[dtype](buffer) };
}

/** From the nested or flat list of a server that answers in text. Throws Error as tensorOf. */
export function tensorOfList(head: TensorHead, list: readonly unknown[]): TensorData {
  const dtype = dtypeOf(head.name, head.datatype);
  const flat = list.flat(RANK_MAX);
  const count = byteLengthOf(head) / ELEMENT_BYTES[dtype];
  if (flat.length !== count || !flat.every((each) => typeof each === "number" || typeof each === "boolean"))
    throw new Error(`"${head.name}" of ${head.datatype} [${head.shape.join(", ")}] came with ${flat.length} numbers, it takes ${count}`);
  const numbers = flat.map(Number);
  const data = dtype === "int64" ? BigInt64Array.from(numbers, (each) => BigInt(each)) : ARRAYS[dtype].from(numbers);
  return { dtype, shape: head.shape, data };
}

function dtypeOf(name: string, datatype: string): DType {
  const dtype = DTYPES[datatype];
  if (dtype) return dtype;
  throw new Error(`"${name}" is ${datatype}; only ${Object.values(DATATYPES).join(", ")} are taken`);
}
