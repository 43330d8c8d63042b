import assert from "node:assert/strict";
import { test } from "node:test";
import { JSON_DEPTH_MAX, parseJson } from "../../../runtime/core/json.ts";

test("what is JSON comes out as JSON.parse has it", () => {
  for (const text of ['{"a": [1, {"b": "x:{[\\"", "c": null}], "": 2}', "[]", "1", '"}"', '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}']) {
    assert.deepEqual(parseJson(text), JSON.parse(text));
  }
});

test("a key that is there twice is refused by name, however it is spelled", () => {
  assert.throws(() => parseJson('{"scaleM": 0.03, "b": {}, "scaleM": 0.3}'), /the key "scaleM" is there twice/);
  assert.throws(() => parseJson('{"scaleM": 0.03, "scale\\u004d": 0.3}'), /the key "scaleM" is there twice/);
});

test("a key that a copy of the object would drop is refused by name", () => {
  assert.throws(() => parseJson('{"__proto__": {"a": 1}}'), /the key "__proto__" means something else in JavaScript/);
});

test("what is nested deeper than people write is refused before anybody walks it", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.doesNotThrow(() => parseJson(nested(JSON_DEPTH_MAX)));
  assert.throws(() => parseJson(nested(20_000)), { name: "SyntaxError", message: /nested more than 64 deep/ });
  assert.throws(() => parseJson('{"a": '), SyntaxError);
});

test("no text, however it is made, takes longer than its length, or is too long to be looked at", () => {
  const quotes = '\\"'.repeat(500_000);
  assert.throws(() => parseJson(`{"a": "${quotes}`), SyntaxError); // Each of them might begin a string: a pattern tries them all, for minutes.
  for (const long of [quotes, "x".repeat(20_000_000)]) assert.equal(JSON.stringify(parseJson(`{"a": "${long}"}`)), `{"a":"${long}"}`);
  assert.throws(() => parseJson(`{"${"k".repeat(1000)}": 1, "${"k".repeat(1000)}": 2}`), { message: /^.{0,160}$/ });
});
