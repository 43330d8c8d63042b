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

/** What `JSON.parse` reads back as the same `plain` value; JSON.stringify would forget the sign of zero. */
export function exactJson(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? `${value}` : `"${value}"`;
  if (typeof value === "bigint") return `"${value}"`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Float64Array, exactJson).join(",")}]`;
  if (Array.isArray(value)) return `[${value.map(exactJson).join(",")}]`;
  const fields = Object.entries(value as object).flatMap(([key, each]) =>
    each === undefined ? [] : [`${JSON.stringify(key)}:${exactJson(each)}`],
  );
  return `{${fields.join(",")}}`;
}
