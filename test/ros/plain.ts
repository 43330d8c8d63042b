/** ROS messages as plain JSON with nothing lost, the same as partner.py makes: to send them to it, and to compare what came with what was sent. */
import assert from "node:assert/strict";

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [field: string]: Plain };

/** 64-bit integers become decimal text with an n, bytes base64, other arrays of numbers plain ones. */
export function toPlain(value: unknown): Plain {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64");
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Array.from(value, (each) => `${each}n`);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(toPlain);
  if (value === null || typeof value !== "object") return value as Plain;
  const { toPlainObject } = value as { toPlainObject?: (typedArrays: boolean) => unknown };
  if (toPlainObject) return toPlain(toPlainObject.call(value, true));
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, toPlain(each)]));
}

export interface Tally {
  messages: number;
  fields: number;
}

/** Asserts that every field came as it was sent; counts them. An array of numbers or bytes is one field. */
export function compare(tally: Tally, came: unknown, sent: unknown): void {
  assert.deepEqual(came, sent);
  tally.messages++;
  tally.fields += countFields(sent);
}

function countFields(value: unknown): number {
  if (Array.isArray(value))
    return value.every((each) => typeof each !== "object") ? 1 : value.reduce((sum, each) => sum + countFields(each), 0);
  if (value !== null && typeof value === "object") return Object.values(value).reduce((sum, each) => sum + countFields(each), 0);
  return 1;
}
