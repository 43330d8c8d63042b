import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Sample } from "../../../runtime/core/sensing.ts";
import { atMs, Bench, frame, goodData, joints, options, reading } from "./fixtures.ts";

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e300),
  fc.double({ min: -1, max: 2, noNaN: true }),
);
const vector = fc.array(number, { minLength: 0, maxLength: 4 }).map((values) => Float64Array.from(values));
const stampNs = fc.oneof(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 500 }).map(atMs));
const jointsSample = fc.record({
  kind: fc.constant("joints"),
  joints: fc.record({ positionRad: vector, velocityRadPerS: vector, stampNs, receivedNs: stampNs }),
});
const frameSample = fc.record({
  kind: fc.constant("frame"),
  frame: fc.record({
    camera: fc.constantFrom("front", "side", "top", "__proto__"),
    widthPx: fc.constantFrom(4, 0, -4, Number.NaN),
    heightPx: fc.constantFrom(2, 3),
    rgb: fc.constantFrom(24, 0, 7).map((length) => new Uint8Array(length)),
    stampNs,
    receivedNs: stampNs,
  }),
});
const rubbish = fc.oneof(
  fc.anything(),
  fc.record({ kind: fc.constantFrom("frame", "joints"), frame: fc.anything(), joints: fc.anything() }),
  fc.record({ kind: fc.constantFrom("frame", "joints"), frame: fc.object(), joints: fc.object() }),
);
const anySample = fc.oneof(jointsSample, frameSample, rubbish) as fc.Arbitrary<Sample>;

test("no sample, however malformed, ends or breaks the senses, and no bad data becomes an observation", () => {
  let fed = 0;
  fc.assert(
    fc.property(fc.array(anySample, { minLength: 20, maxLength: 60 }), (samples) => {
      const bench = new Bench();
      for (const [index, sample] of samples.entries()) {
        bench.clock.advance(1);
        bench.samples.next(sample);
        if (index % 3 === 0) bench.feed(reading(index + 1, [0.001 * index, 0]), frame("front", index + 1), frame("side", index + 1));
        fed++;
      }
      assert.deepEqual(bench.ends, []);
      for (const { joints: state, frames } of bench.observations) {
        assert.equal(state.positionRad.length, joints.length);
        assert.ok([...state.positionRad, ...state.velocityRadPerS].every(Number.isFinite));
        assert.deepEqual(
          frames.map(({ camera, widthPx, heightPx, rgb }) => [camera, widthPx, heightPx, rgb.length]),
          options.cameras.map(({ name }) => [name, 4, 2, 24]),
        );
      }
    }),
    { numRuns: 500, seed: 11 },
  );
  assert.ok(fed > 5_000, `${fed} samples`);
});

test("after any malformed samples good data is observed again", () => {
  fc.assert(
    fc.property(fc.array(rubbish as fc.Arbitrary<Sample>, { maxLength: 30 }), (samples) => {
      const bench = new Bench();
      for (const sample of samples) bench.samples.next(sample);
      bench.feed(...goodData(0, 200));
      assert.equal(bench.observations.length, 4);
    }),
    { numRuns: 200, seed: 12 },
  );
});
