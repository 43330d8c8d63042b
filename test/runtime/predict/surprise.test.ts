/** Surprise as one figure, and in parts that do not drown one another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { combinedSurprise, surprise, surpriseParts } from "../../../runtime/predict/surprise.ts";

const of = (...values: number[]): Float32Array => Float32Array.from(values);

test("the last entries of a latent are what is felt, the others what is seen; each part has its own root mean square", () => {
  const parts = surpriseParts(of(0, 0, 0, 0), of(3, 4, 1, 1), 2, 0.5);
  assert.ok(Math.abs(parts.seen - Math.sqrt(12.5)) < 1e-6);
  assert.deepEqual([parts.felt, parts.doubt], [1, 0.5]);
});

test("of the parts the most unusual one counts, in units of what is usual for it", () => {
  assert.equal(combinedSurprise({ seen: 1, felt: 0.2, doubt: 0.1 }, { seen: 2, felt: 0.05, doubt: 0.1 }), 4);
});

test("a part that is usually nothing, as the doubt of a model without an ensemble, says nothing", () => {
  assert.equal(combinedSurprise({ seen: 1, felt: 1, doubt: 7 }, { seen: 1, felt: 1, doubt: 0 }), 1);
});

test("one that is no number is a surprise by any threshold", () => {
  const combined = combinedSurprise({ seen: Number.NaN, felt: 0, doubt: 0 }, { seen: 1, felt: 1, doubt: 1 });
  assert.ok(!(combined <= 1e9));
});

test("latents of two lengths are a mistake of ours", () => {
  assert.throws(() => surprise(of(1), of(1, 2)), /latents of 1 and 2 entries/);
});
