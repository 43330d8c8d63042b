import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { objections } from "../../../runtime/core/objections.ts";

const schema = z.strictObject({ name: z.string(), net: z.looseObject({ "a b": z.number() }), size: z.number().max(4), kind: z.literal(1) });
const against = (value: unknown): string => objections(schema.safeParse(value).error!);

test("what is missing is said to be missing, wherever it is, and never undefined", () => {
  assert.equal(against({ net: {}, size: 1, kind: 1 }), 'name: is missing; net["a b"]: is missing');
  assert.equal(objections(schema.safeParse(undefined).error!, "model.json"), "model.json: is missing");
});

test("what is wrong is said in one line with its place", () => {
  const said = against({ name: "a", net: { "a b": Number.NaN }, size: 5, kind: 2, more: 0 });
  assert.match(said, /^net\["a b"\]: .*NaN; size: Too big: .*<=4; kind: .*1; Unrecognized key: "more"$/);
});

test("of many objections the first are told, each cut to a length that can be read", () => {
  const rows = z.array(z.number()).safeParse(Array(20).fill("x"));
  assert.match(objections(rows.error!), /^\[0\]: [^;]+(; \[\d\]: [^;]+){4}; and 15 more$/);
  const long = z.strictObject({}).safeParse({ ["k".repeat(100_000)]: 1 });
  assert.ok(objections(long.error!).length < 300);
});
