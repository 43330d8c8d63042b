/** Bodies of the protocol over HTTP with its binary extension: a head of JSON, then the bytes of all tensors one after another. */
import * as z from "zod";
import { parseJson } from "../../core/json.ts";
import { objections } from "../../core/objections.ts";
import type { TensorData } from "../tensor-data.ts";
import { byteLengthOf, bytesOf, datatypeOf, tensorHead, tensorOf, tensorOfList } from "./tensors.ts";

/** Says how long the head is; a body without it is JSON as a whole. Lower case, as Node gives headers. */
export const HEAD_LENGTH = "inference-header-content-length";

export interface Body {
  readonly headBytes: number;
  readonly bytes: Uint8Array;
}

const tensor = tensorHead.extend({
  parameters: z.object({ binary_data_size: z.int().min(0).optional() }).optional(),
  data: z.array(z.unknown()).optional(),
});
const requestHead = z.object({
  inputs: z.array(tensor).max(64),
  outputs: z
    .array(z.object({ name: z.string() }))
    .max(64)
    .optional(),
});
const answerHead = z.object({ outputs: z.array(tensor).max(64) });

export interface InferRequest {
  readonly feeds: Readonly<Record<string, TensorData>>;
  /** Names; all where it is empty. */
  readonly outputs: readonly string[];
}

export const writeRequest = ({ feeds, outputs }: InferRequest): Body =>
  write({ inputs: headsOf(feeds), outputs: outputs.map((name) => ({ name, parameters: { binary_data: true } })) }, feeds);

export const writeAnswer = (model: string, results: Readonly<Record<string, TensorData>>): Body =>
  write({ model_name: model, outputs: headsOf(results) }, results);

/** Throws Error saying what is wrong with it. */
export function readRequest(bytes: Uint8Array, headBytes: string | undefined): InferRequest {
  const { head, rest } = split(bytes, headBytes, requestHead);
  return { feeds: tensorsOf(head.inputs, rest), outputs: (head.outputs ?? []).map(({ name }) => name) };
}

/** Throws Error saying what is wrong with it. */
export function readAnswer(bytes: Uint8Array, headBytes: string | undefined): Record<string, TensorData> {
  const { head, rest } = split(bytes, headBytes, answerHead);
  return tensorsOf(head.outputs, rest);
}

const headsOf = (tensors: Readonly<Record<string, TensorData>>) =>
  Object.entries(tensors).map(([name, { dtype, shape, data }]) => ({
    ...{ name, datatype: datatypeOf(dtype), shape },
    parameters: { binary_data_size: data.byteLength },
  }));

function write(head: object, tensors: Readonly<Record<string, TensorData>>): Body {
  const text = Buffer.from(JSON.stringify(head));
  return { headBytes: text.length, bytes: Buffer.concat([text, ...Object.values(tensors).map(bytesOf)]) };
}

function split<Head>(
  bytes: Uint8Array,
  headBytes: string | undefined,
  schema: z.ZodType<Head>,
): { readonly head: Head; readonly rest: Uint8Array } {
  const length = headBytes === undefined ? bytes.length : Number(headBytes);
  if (!Number.isInteger(length) || length < 2 || length > bytes.length)
    throw new Error(`a head of ${headBytes} bytes in a body of ${bytes.length}`);
  const parsed = schema.safeParse(jsonOf(bytes.subarray(0, length)));
  if (!parsed.success) throw new Error(objections(parsed.error));
  return { head: parsed.data, rest: bytes.subarray(length) };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw new Error("the head is no JSON");
  }
}

function tensorsOf(heads: readonly z.infer<typeof tensor>[], rest: Uint8Array): Record<string, TensorData> {
  let from = 0;
  const entries = heads.map((head): [string, TensorData] => {
    const { name, data, parameters } = head;
    if (data) return [name, tensorOfList(head, data)];
    const length = parameters?.binary_data_size ?? byteLengthOf(head);
    const bytes = rest.subarray(from, from + length);
    from += length;
    return [name, tensorOf(head, bytes)];
  });
  if (from !== rest.length) throw new Error(`${rest.length} bytes of tensors came, ${from} were told`);
  return Object.fromEntries(entries);
}
