import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Segment } from "../../../runtime/core/motion.ts";
import type { JointSpec } from "../../../runtime/core/robot.ts";
import { atRest, peakUse, quinticSegment, sampleSegment, segmentDurationS, segmentRestRad } from "../../../runtime/core/segment.ts";

const vector = (...values: number[]): Float64Array => Float64Array.from(values);
const joint: JointSpec = {
  name: "elbow",
  positionMinRad: -1,
  positionMaxRad: 3,
  velocityMaxRadPerS: 2,
  accelerationMaxRadPerS2: 10,
  jerkMaxRadPerS3: 1000,
  torqueMaxNm: 87,
};
const step = (toRad: number, durationS = 0.4): Segment =>
  quinticSegment({ id: 1, startNs: 5n, from: atRest(vector(0)), toRad: [toRad], durationS });

test("a segment starts from the commanded state and stays at rest after its end", () => {
  const from = { positionRad: vector(0.1), velocityRadPerS: vector(0.5), accelerationRadPerS2: vector(-2) };
  const segment = quinticSegment({ id: 1, startNs: 0n, from, toRad: [0.3], durationS: 0.25 });
  assert.deepEqual(sampleSegment(segment, 0), from);
  assert.deepEqual(sampleSegment(segment, -1), from);
  assert.deepEqual(sampleSegment(segment, 0.25), atRest(vector(0.3)));
  assert.deepEqual(sampleSegment(segment, 99), atRest(vector(0.3)));
  assert.equal(segmentDurationS(segment), 0.25);
  assert.deepEqual(segmentRestRad(segment), vector(0.3));
});

test("a time that is not a number holds the segment's start, so that nothing jumps", () => {
  assert.deepEqual(sampleSegment(step(1), Number.NaN), atRest(vector(0)));
});

test("velocity and acceleration are the derivatives of the position, also across a knot", () => {
  const whole = step(0.4);
  const cut: Segment = { ...whole, knots: [whole.knots[0]!, { tS: 0.15, ...sampleSegment(whole, 0.15) }, whole.knots[1]!] };
  for (let tS = 0.01; tS < 0.4; tS += 0.007) {
    const [before, at, after] = [tS - 1e-5, tS, tS + 1e-5].map((time) => sampleSegment(cut, time));
    assert.ok(Math.abs(at!.positionRad[0]! - sampleSegment(whole, tS).positionRad[0]!) < 1e-12, "a knot on the curve changes nothing");
    assert.ok(Math.abs((after!.positionRad[0]! - before!.positionRad[0]!) / 2e-5 - at!.velocityRadPerS[0]!) < 1e-5);
    assert.ok(Math.abs((after!.velocityRadPerS[0]! - before!.velocityRadPerS[0]!) / 2e-5 - at!.accelerationRadPerS2[0]!) < 1e-3);
  }
});

test("samples and segments are copies that the caller may change", () => {
  const from = atRest(vector(0));
  const segment = quinticSegment({ id: 1, startNs: 0n, from, toRad: vector(1), durationS: 0.4 });
  from.positionRad[0] = 9;
  sampleSegment(segment, 0).positionRad[0] = 9;
  sampleSegment(segment, 1).positionRad[0] = 9;
  assert.deepEqual([sampleSegment(segment, 0).positionRad[0], sampleSegment(segment, 1).positionRad[0]], [0, 1]);
});

test("the peak use of a rest-to-rest step is that of minimum jerk, position against mid-range", () => {
  const [position, velocity, acceleration, jerk] = peakUse(step(0.2), [joint]);
  assert.equal(position!.fraction, 0.5, "0 rad is one half-range of 2 rad away from the middle at 1 rad, halved");
  assert.deepEqual([position!.value, position!.bound, position!.unit], [0, -1, "rad"]);
  assert.ok(Math.abs(velocity!.fraction - (1.875 * 0.2) / 0.4 / 2) < 1e-9);
  assert.ok(Math.abs(acceleration!.fraction - ((10 / Math.sqrt(3)) * 0.2) / 0.16 / 10) < 1e-9);
  assert.ok(Math.abs(jerk!.fraction - (60 * 0.2) / 0.064 / 1000) < 1e-9);
});

test("the use of a segment without a stretch, or with a number that is not finite, is NaN and so passes no limit", () => {
  const whole = step(0.2);
  for (const knots of [[], whole.knots.slice(0, 1)]) {
    assert.ok(peakUse({ ...whole, knots }, [joint]).every((use) => Number.isNaN(use.fraction)));
  }
  assert.ok(peakUse(step(Number.NaN), [joint]).every((use) => Number.isNaN(use.fraction)));
});

test("no sample of a segment uses more than its peak use", () => {
  const value = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(value, value, value, fc.double({ min: 0.05, max: 0.4, noNaN: true }), (to, speed, push, durationS) => {
      const from = { positionRad: vector(0), velocityRadPerS: vector(speed), accelerationRadPerS2: vector(push) };
      const segment = quinticSegment({ id: 1, startNs: 0n, from, toRad: [to], durationS });
      const [, velocity, acceleration] = peakUse(segment, [joint]);
      for (let i = 0; i <= 100; i++) {
        const sample = sampleSegment(segment, (durationS * i) / 100);
        assert.ok(Math.abs(sample.velocityRadPerS[0]!) <= velocity!.fraction * 2 * (1 + 1e-9) + 1e-9);
        assert.ok(Math.abs(sample.accelerationRadPerS2[0]!) <= acceleration!.fraction * 10 * (1 + 1e-9) + 1e-9);
      }
    }),
  );
});

test("a segment longer than 0.4 s, or with another joint count than its start, is a bug that is named", () => {
  assert.throws(() => step(1, 0.41), { message: "internal: segment duration 0.41 s is outside (0, 0.4] s" });
  assert.throws(() => step(1, Number.NaN), /duration NaN s/);
  const from = atRest(vector(0, 0));
  assert.throws(() => quinticSegment({ id: 1, startNs: 0n, from, toRad: [1], durationS: 0.4 }), /goal has 1 joints, its start 2/);
});
