import assert from "node:assert/strict";
import test from "node:test";
import type { Verdict } from "../../../runtime/core/guarding.ts";
import type { Knot, Segment } from "../../../runtime/core/motion.ts";
import { atRest } from "../../../runtime/core/segment.ts";
import { finite } from "../../../runtime/guard/finite.ts";
import { wellFormed } from "../../../runtime/guard/well-formed.ts";
import { segmentTo, situationAtRest, vector } from "./fixtures.ts";

const good = segmentTo([0.1, 0.1, 0.1]);
const shape = wellFormed(3);
const knotsOf = (first: Partial<Knot>, last: Partial<Knot> = {}): Segment => ({
  ...good,
  knots: [
    { ...good.knots[0]!, ...first },
    { ...good.knots[1]!, ...last },
  ],
});

function assertStop(verdict: Verdict, why: string): void {
  assert.deepEqual(verdict, { kind: "stop", why: [why] });
}

test("a sound segment passes the finite and the well-formed guard", () => {
  assert.deepEqual(finite.check(good, situationAtRest()), { kind: "pass", segment: good });
  assert.deepEqual(shape.check(good, situationAtRest()), { kind: "pass", segment: good });
});

test("a number that is not finite stops, with its joint, place and unit", () => {
  const situation = situationAtRest();
  assertStop(
    finite.check(knotsOf({}, { positionRad: vector(0, Number.NaN, 0) }), situation),
    "joint 1 position at 0.4 s is NaN rad, must be finite",
  );
  assertStop(
    finite.check(knotsOf({ velocityRadPerS: vector(0, 0, Number.POSITIVE_INFINITY) }), situation),
    "joint 2 velocity at 0 s is Infinity rad/s, must be finite",
  );
  assertStop(finite.check(knotsOf({}, { tS: Number.NaN }), situation), "knot time is NaN s, must be finite");
  const commanded = { ...atRest(vector(0, 0, 0)), accelerationRadPerS2: vector(Number.NaN, 0, 0) };
  assertStop(finite.check(good, { ...situation, commanded }), "joint 0 acceleration of the commanded state is NaN rad/s^2, must be finite");
  assertStop(finite.check(good, { ...situation, restRad: vector(0, 0, Number.NaN) }), "joint 2 rest position is NaN rad, must be finite");
  assertStop(finite.check(good, { ...situation, restInS: Number.NaN }), "time to rest is NaN s, must be finite");
});

test("a wrong number of knots or joints stops", () => {
  const situation = situationAtRest();
  assertStop(shape.check({ ...good, knots: good.knots.slice(0, 1) }, situation), "segment has 1 knots, must have 2 to 64");
  assertStop(
    shape.check(knotsOf({ positionRad: vector(0, 0) }), situation),
    "segment or commanded state has 2, 3, 3 joint values, must have 3",
  );
  assertStop(shape.check(good, { ...situation, restRad: vector(0) }), "rest position has 1 joint values, must have 3");
});

test("knots must start at 0 s, go forward and end within 0.4 s", () => {
  const situation = situationAtRest();
  assertStop(shape.check(knotsOf({ tS: 0.1 }), situation), "first knot is at 0.1 s, must be at 0 s");
  assertStop(shape.check(knotsOf({}, { tS: 0 }), situation), "knot 1 is at 0 s, must be after knot 0 at 0 s");
  assertStop(shape.check(knotsOf({}, { tS: -1 }), situation), "knot 1 is at -1 s, must be after knot 0 at 0 s");
  assertStop(shape.check(knotsOf({}, { tS: 0.5 }), situation), "segment lasts 0.5 s, must last at most 0.4 s");
});

test("a segment must start at the commanded state and end at rest", () => {
  const situation = situationAtRest();
  assertStop(
    shape.check(knotsOf({ positionRad: vector(0.2, 0, 0) }), situation),
    "segment starts with joint 0 at 0.2 rad, must be the commanded 0 rad",
  );
  assertStop(
    shape.check(knotsOf({ velocityRadPerS: vector(0, 0.1, 0) }), situation),
    "segment starts with joint 1 at 0.1 rad/s, must be the commanded 0 rad/s",
  );
  assertStop(
    shape.check(knotsOf({}, { velocityRadPerS: vector(0, 0, 0.3) }), situation),
    "segment ends with joint 2 at 0.3 rad/s, must be at rest, 0 rad/s",
  );
  assertStop(
    shape.check(knotsOf({}, { accelerationRadPerS2: vector(0, 0, -5) }), situation),
    "segment ends with joint 2 at -5 rad/s^2, must be at rest, 0 rad/s^2",
  );
});
