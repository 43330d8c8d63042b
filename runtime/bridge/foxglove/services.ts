/** What may be commanded as services: one for each, called with an empty JSON object. */
import type { Service } from "@foxglove/ws-protocol";

const schemaOf = (properties: object) => ({
  encoding: "json",
  schemaEncoding: "jsonschema",
  schema: JSON.stringify({ type: "object", properties, additionalProperties: false }),
});

/** A refusal is a failure of the call, with the sentence why. */
export const serviceOf = (order: string): Omit<Service, "id"> => ({
  name: `/foresight/${order}`,
  type: "foresight.Command",
  request: { schemaName: "foresight.CommandRequest", ...schemaOf({}) },
  response: { schemaName: "foresight.CommandResponse", ...schemaOf({ done: { const: true, description: "It was carried out" } }) },
});

export const DONE: Uint8Array = Buffer.from(JSON.stringify({ done: true }));

export function isEmptyRequest({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
  return /^\s*(\{\s*\})?\s*$/.test(Buffer.from(buffer, byteOffset, byteLength).toString("utf8"));
}
