import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shiftWarmStart } from "../../../runtime/plan/warm-start.ts";

describe("warm start", () => {
  it("is the previous plan without its first action, ending with none", () => {
    const previous = Float32Array.of(1, 2, 3, 4, 5, 6);
    assert.deepEqual(shiftWarmStart(previous, 2), Float32Array.of(3, 4, 5, 6, 0, 0));
    assert.deepEqual(previous, Float32Array.of(1, 2, 3, 4, 5, 6), "the plan itself is untouched");
  });
});
