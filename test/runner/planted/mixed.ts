/** One test of each kind, for run-files.test.ts. */
import assert from "node:assert/strict";
import { describe, it, test } from "node:test";

describe("a suite is no test", () => {
  it("passes", () => {});
  it("skips with a reason", { skip: "no arm on this desk" }, () => {});
});
describe("a skipped suite", { skip: "no server here" }, () => {
  it("is never looked at", () => {});
});
test("fails after much output", () => {
  console.log("x".repeat(200_000));
  assert.fail("on purpose");
});
test("is still to be done", { todo: true }, () => assert.fail("not yet"));
