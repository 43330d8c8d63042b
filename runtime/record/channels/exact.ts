/** JSON that keeps every number to the last bit: arrays as lists, stamps as decimal strings, negative zeros, and the numbers that JSON does not know as words. */

/** JSON that stands for a value with typed arrays, bigints and numbers that are none; a negative zero is one here too. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

export function plain(value: unknown): Plain {
  if (typeof value === "number") return Number.isFinite(value) ? value : `${value}`;
  if (typeof value === "bigint") return `${value}`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value as object).flatMap(([key, each]) => (each === undefined ? [] : [[key, plain(each)]])));
}

/** What `JSON.parse` reads back as the same `plain` value; JSON.stringify alone forgets the sign of zero. */
export const exactJson = (value: unknown): string =>
  JSON.stringify(plain(value), (_, each: unknown) => (Object.is(each, -0) ? MINUS_ZERO : each)).replaceAll(`"${MINUS_ZERO}"`, "-0");

/** No text for people is taken for it. */
const MINUS_ZERO = "negative zero of foresight";
