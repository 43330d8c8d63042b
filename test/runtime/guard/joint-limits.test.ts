import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRng } from "../../../runtime/core/rng.ts";
import { atRest, peakUse, segmentDurationS, segmentRestRad } from "../../../runtime/core/segment.ts";
import { jointLimits } from "../../../runtime/guard/joint-limits.ts";
import { slowDown } from "../../../runtime/guard/slow-down.ts";
import { joints, segmentTo, situationAtRest, situationDuring, vector, violation } from "./fixtures.ts";

const guard = jointLimits(joints);

test("a segment within all limits passes unchanged", () => {
  const segment = segmentTo([0.1, -0.1, 0.05]);
  assert.deepEqual(guard.check(segment, situationAtRest()), { kind: "pass", segment });
});

test("a step that is too fast is slowed down for all joints together, and says which limit it broke", () => {
  const verdict = guard.check(segmentTo([1, 0.5, 0], 0.4), situationAtRest());
  assert.equal(verdict.kind, "clip");
  assert.ok(verdict.kind === "clip");
  const rest = segmentRestRad(verdict.segment);
  assert.ok(Math.abs(rest[1]! / rest[0]! - 0.5) < 1e-9, "the direction is kept");
  assert.equal(violation(verdict.segment, joints), null);
  assert.equal(verdict.why[0], 'joint "a": velocity 4.688 rad/s is beyond its limit 2.000 rad/s');
  assert.match(verdict.why.at(-1)!, /^all joints slowed to 0\.\d{3} of the step in 0\.400 s$/);
});

test("the slow-down is the largest possible: one limit is used up", () => {
  const value = fc.double({ min: -1.1, max: 1.1, noNaN: true });
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      const verdict = guard.check(segmentTo([a, b, c], 0.4), situationAtRest());
      if (verdict.kind === "pass") return;
      assert.ok(verdict.kind === "clip");
      const most = Math.max(...peakUse(verdict.segment, joints).map((use) => use.fraction));
      assert.ok(most > 0.97 && most <= 1 + 1e-9, `peak use ${most}`);
    }),
  );
});

test("a longer duration is taken when it allows a larger step", () => {
  const verdict = guard.check(segmentTo([0.25, 0, 0], 0.2), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.ok(Math.abs(segmentRestRad(verdict.segment)[0]! - 0.25) < 1e-9);
  assert.ok(segmentDurationS(verdict.segment) > 0.2);
});

test("a goal outside the position limits ends at the limit", () => {
  const start = vector(1.1, 0, 0);
  const verdict = guard.check(segmentTo([1.3, 0, 0], 0.4, atRest(start)), situationAtRest(start));
  assert.ok(verdict.kind === "clip");
  assert.ok(Math.abs(segmentRestRad(verdict.segment)[0]! - 1.25) < 1e-6);
  assert.equal(verdict.why[0], 'joint "a": position 1.300 rad is beyond its limit 1.250 rad');
});

test("a clipped segment passes when checked again", () => {
  const value = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(value, value, value, fc.double({ min: 0.05, max: 0.4, noNaN: true }), (a, b, c, durationS) => {
      const verdict = guard.check(segmentTo([a, b, c], durationS), situationAtRest());
      if (verdict.kind === "clip") assert.equal(guard.check(verdict.segment, situationAtRest()).kind, "pass");
    }),
  );
});

test("an arm outside its limits is stopped and never clipped", () => {
  const outside = vector(1.5, 0, 0);
  const verdict = guard.check(segmentTo([1, 0, 0], 0.4, atRest(outside)), situationAtRest(outside));
  assert.equal(verdict.kind, "stop");
  assert.ok(verdict.kind === "stop");
  assert.match(verdict.why.at(-1)!, /no step from here is within limits for any duration up to 0.4 s/);
});

test("limits that are not numbers let nothing through", () => {
  const broken = jointLimits(joints.map((spec) => ({ ...spec, velocityMaxRadPerS: Number.NaN })));
  assert.equal(broken.check(segmentTo([0.01, 0, 0]), situationAtRest()).kind, "stop");
});

test("a loop of far too large steps is slowed down for ever and never has to stop", () => {
  const rng = createRng(5);
  let running = segmentTo([0, 0, 0]);
  for (let i = 0; i < 3000; i++) {
    const situation = situationDuring(running, rng.between(0, 0.4));
    const toRad = situation.commanded.positionRad.map((value) => value + 2 * rng.normal());
    const verdict = guard.check(segmentTo(toRad, 0.4, situation.commanded), situation);
    assert.ok(verdict.kind !== "stop", `case ${i}: ${verdict.kind === "stop" ? verdict.why.join("; ") : ""}`);
    assert.equal(violation(verdict.segment, joints), null);
    running = verdict.segment;
  }
});

test("going on with the running segment is a slow-down of zero that stays within limits", () => {
  const rng = createRng(6);
  for (let i = 0; i < 300; i++) {
    const first = guard.check(segmentTo([rng.normal(), rng.normal(), rng.normal()]), situationAtRest());
    assert.ok(first.kind !== "stop");
    const situation = situationDuring(first.segment, rng.between(0.02, 0.38));
    const same = segmentTo(segmentRestRad(first.segment), situation.restInS, situation.commanded);
    assert.equal(slowDown(same, situation, situation.restInS, joints)?.share, 1);
  }
});
