/** Tests for torque.ts: on a made-up arm whose drives need what is easily reckoned, and on the Panda with something heavy. */
import assert from "node:assert/strict";
import test from "node:test";
import { robots } from "../../../robots/index.ts";
import { atRest, quinticSegment, sampleSegment } from "../../../runtime/core/segment.ts";
import { type DriveTorques, torque } from "../../../runtime/guard/torque.ts";
import { createDynamics } from "../../../runtime/kinematics/dynamics.ts";
import { joints, segmentTo, situationAtRest, vector } from "./fixtures.ts";

/** 80 N m a joint; each needs ten times its acceleration, and ten newton metres for each kilogram. */
const torques: DriveTorques = {
  torqueNm: ({ accelerationRadPerS2 }, payloadKg) => accelerationRadPerS2.map((value) => 10 * value + 10 * payloadKg),
  frictionNm: vector(0, 0, 1),
};
const guard = (payloadKg: number) => torque({ joints, torques, tool: { payloadKg } });

test("a motion that the drives can do passes unchanged; one that asks too much is made smaller, and says of which drive", () => {
  const slow = segmentTo([0.1, 0, 0]);
  assert.deepEqual(guard(0).check(slow, situationAtRest()), { kind: "pass", segment: slow });
  const verdict = guard(0).check(segmentTo([0.3, 0, 0]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /^joint "a" would need \d+\.\d N m, has 80 N m; shortened to 0\.6 of the step$/);
});

test("with a payload less is left to move with, and dry friction counts against it", () => {
  const step = segmentTo([0.15, 0, 0]);
  assert.equal(guard(0).check(step, situationAtRest()).kind, "pass");
  const verdict = guard(5).check(step, situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /joint "a" would need \d+\.\d N m with 5 kg at the tool, has 80 N m/);
  const still = guard(7.95).check(segmentTo([0, 0, 0]), situationAtRest());
  assert.deepEqual(still, {
    kind: "stop",
    why: ['joint "c" would need 80.5 N m with 7.95 kg at the tool, has 80 N m; no shorter step is allowed'],
  });
});

test("only the braking asks too much: the whole segment counts, to its rest", () => {
  const braking: DriveTorques = {
    ...torques,
    torqueNm: ({ velocityRadPerS, accelerationRadPerS2 }) =>
      accelerationRadPerS2.map((value, joint) => (value < 0 && velocityRadPerS[joint]! > 0 ? 15 * value : 0)),
  };
  const verdict = torque({ joints, torques: braking, tool: { payloadKg: 0 } }).check(segmentTo([0.3, 0, 0]), situationAtRest());
  assert.ok(verdict.kind === "clip");
});

test("a motion of a few milliseconds is looked at as closely as a long one", () => {
  const short = segmentTo([0.0004, 0, 0], 0.014);
  const peakNm = Math.max(
    ...Array.from({ length: 200 }, (_, i) => 10 * Math.abs(sampleSegment(short, 0.014 * (i / 199)).accelerationRadPerS2[0]!)),
  );
  assert.ok(
    peakNm > 80 && 10 * Math.abs(sampleSegment(short, 0.007).accelerationRadPerS2[0]!) < 40,
    `${peakNm} N m, and half-way next to nothing`,
  );
  assert.ok(guard(0).check(short, situationAtRest()).kind === "clip");
});

test("a payload or a torque that is no number lets nothing through", () => {
  for (const payloadKg of [Number.NaN, -1, Number.POSITIVE_INFINITY])
    assert.equal(guard(payloadKg).check(segmentTo([0, 0, 0]), situationAtRest()).kind, "stop", String(payloadKg));
  const broken = { ...torques, torqueNm: () => vector(0, Number.NaN, 0) };
  assert.equal(torque({ joints, torques: broken, tool: { payloadKg: 0 } }).check(segmentTo([0, 0, 0]), situationAtRest()).kind, "stop");
});

test("the Panda moves 3 kg, its rated payload, and refuses 30 kg", async () => {
  const spec = await robots.panda();
  using dynamics = await createDynamics(spec);
  const homeRad = Float64Array.from(spec.homeRad);
  const toRad = homeRad.map((rad, joint) => rad + (joint === 0 ? 0.1 : 0.02));
  const segment = quinticSegment({ id: 1, startNs: 0n, from: atRest(homeRad), toRad, durationS: 0.4 });
  const check = (payloadKg: number) =>
    torque({ joints: spec.joints, torques: dynamics, tool: { payloadKg } }).check(segment, situationAtRest(homeRad));
  assert.equal(check(0).kind, "pass");
  assert.equal(check(3).kind, "pass");
  const verdict = check(30);
  assert.ok(verdict.kind === "stop");
  assert.match(
    verdict.why[0]!,
    /^joint "joint\d" would need \d+\.\d N m with 30 kg at the tool, has (87|12) N m; no shorter step is allowed$/,
  );
});
