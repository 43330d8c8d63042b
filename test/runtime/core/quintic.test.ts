import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { derivative, polynomialAt, quinticCoefficients, quinticRanges } from "../../../runtime/core/quintic.ts";

const value = fc.double({ min: -10, max: 10, noNaN: true });
const end = fc.record({ position: value, velocity: value, acceleration: value });
const durationS = fc.double({ min: 0.01, max: 2, noNaN: true });

test("a quintic meets position, velocity and acceleration at both ends", () => {
  fc.assert(
    fc.property(durationS, end, end, (duration, start, finish) => {
      const position = quinticCoefficients(duration, start, finish);
      const velocity = derivative(position);
      const acceleration = derivative(velocity);
      for (const [u, state] of [
        [0, start],
        [1, finish],
      ] as const) {
        assert.ok(Math.abs(polynomialAt(position, u) - state.position) < 1e-9);
        assert.ok(Math.abs(polynomialAt(velocity, u) / duration - state.velocity) < 1e-6);
        assert.ok(Math.abs(polynomialAt(acceleration, u) / duration ** 2 - state.acceleration) < 1e-4);
      }
    }),
  );
});

test("the ranges of a quintic and its derivatives hold every sample and are reached by one", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 6, maxLength: 6 }), (coefficients) => {
      let polynomial: readonly number[] = coefficients;
      for (const range of quinticRanges(coefficients)) {
        const samples = Array.from({ length: 2001 }, (_, i) => polynomialAt(polynomial, i / 2000));
        const slack = 1e-9 * (1 + Math.abs(range.min) + Math.abs(range.max));
        assert.ok(Math.max(...samples) <= range.max + slack && Math.min(...samples) >= range.min - slack);
        const spacing = 1e-3 * (1 + range.max - range.min);
        assert.ok(range.max - Math.max(...samples) < spacing && Math.min(...samples) - range.min < spacing);
        polynomial = derivative(polynomial);
      }
    }),
  );
});

test("the peaks of a rest-to-rest step are the known ones of minimum jerk", () => {
  const still = { velocity: 0, acceleration: 0 };
  const [position, velocity, acceleration, jerk] = quinticRanges(
    quinticCoefficients(1, { position: 0, ...still }, { position: 1, ...still }),
  );
  assert.deepEqual(position, { min: 0, max: 1 });
  assert.ok(Math.abs(velocity!.max - 15 / 8) < 1e-12);
  assert.ok(Math.abs(acceleration!.max - 10 / Math.sqrt(3)) < 1e-9);
  assert.ok(Math.abs(jerk!.max - 60) < 1e-9 && Math.abs(jerk!.min + 30) < 1e-9);
});

test("the ranges of a quintic with a coefficient that is not finite are NaN", () => {
  const ranges = quinticRanges([0, 1, Number.NaN, 0, 0, 0]);
  assert.ok(Number.isNaN(ranges[0]!.max) && Number.isNaN(ranges[0]!.min));
});
