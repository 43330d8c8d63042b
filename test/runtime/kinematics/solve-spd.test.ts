import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { solveSpd } from "../../../runtime/kinematics/solve-spd.ts";

const SIZE = 6;

test("the solution satisfies the system for every matrix B B^T + I", () => {
  const entry = fc.double({ min: -3, max: 3, noNaN: true });
  const matrix = fc.array(entry, { minLength: SIZE * SIZE, maxLength: SIZE * SIZE });
  fc.assert(
    fc.property(matrix, fc.array(entry, { minLength: SIZE, maxLength: SIZE }), (b, right) => {
      const a = new Float64Array(SIZE * SIZE);
      for (let i = 0; i < SIZE; i++) {
        for (let j = 0; j < SIZE; j++) {
          a[i * SIZE + j] = i === j ? 1 : 0;
          for (let k = 0; k < SIZE; k++) a[i * SIZE + j]! += b[i * SIZE + k]! * b[j * SIZE + k]!;
        }
      }
      const x = Float64Array.from(right);
      assert.equal(solveSpd(a.slice(), x), true);
      for (let i = 0; i < SIZE; i++) {
        const sum = x.reduce((total, value, j) => total + a[i * SIZE + j]! * value, 0);
        assert.ok(Math.abs(sum - right[i]!) < 1e-9, `row ${i}: ${sum} instead of ${right[i]}`);
      }
    }),
    { numRuns: 200, seed: 5 },
  );
});

test("a matrix that is not positive definite or not finite is refused", () => {
  assert.equal(solveSpd(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1)), false);
  assert.equal(solveSpd(Float64Array.of(0, 0, 0, 0), Float64Array.of(1, 1)), false);
  assert.equal(solveSpd(Float64Array.of(Number.NaN, 0, 0, 1), Float64Array.of(1, 1)), false);
  assert.equal(solveSpd(Float64Array.of(Number.POSITIVE_INFINITY, 0, 0, 1), Float64Array.of(1, 1)), false);
});
