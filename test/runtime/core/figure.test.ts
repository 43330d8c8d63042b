/** Where there is no figure that is said: NaN, infinity and what was never measured are no words for people. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, inFigures, known, percent } from "../../../runtime/core/figure.ts";

test("a figure has its decimals and its unit", () => {
  assert.equal(figure(12.345, { digits: 1, unit: "ms" }), "12.3 ms");
  assert.equal(figure(0.7), "0.7");
  assert.equal(percent(0.9949), "99.5 %");
});

test("none is told as none, whatever it was that should have been one", () => {
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY, -Infinity, undefined, null, "3"])
    assert.equal(figure(none, { unit: "ms" }), "no figure");
  assert.equal(percent(0 / 0), "no figure");
  assert.deepEqual([known(1.005, 1), known(Number.NaN, 1)], [1, null]);
});

test("whatever a report was written with, no number that is none is printed; names, paths and quotes stay as they are", () => {
  const said = inFigures("plan p50 NaN ms, max -Infinity, 3 of undefined; NaN%, (NaN, 1)");
  assert.equal(said, "plan p50 no figure ms, max no figure, 3 of no figure; no figure%, (no figure, 1)");
  assert.equal(inFigures("(Infinity..-Infinity)"), "(no figure..no figure)");
  for (const text of ["in /tmp/NaN/run.NaN.mcap", 'camera "NaN" of {"x":"Infinity"}', "Infinity2, isNaN, joint-NaN-1"])
    assert.equal(inFigures(text), text);
});
