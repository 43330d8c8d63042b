/** What judges the guards finds by itself what they must not let past. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenPromise } from "../../../../../launch/measure/bench/guards/judge.ts";
import { atRest, quinticSegment } from "../../../../../runtime/core/segment.ts";
import { joints, options, segmentTo, situationAtRest, toolAt, vector } from "../../../../runtime/guard/fixtures.ts";

const promises = { joints, workspace: options.workspace, toolAt, maxToolSpeedMPerS: 1 };
const broken = (segment: Parameters<typeof brokenPromise>[0], situation = situationAtRest(), changes = {}) =>
  brokenPromise(segment, situation, { ...promises, ...changes });

test("a small step keeps every promise", () => {
  assert.equal(broken(segmentTo([0.05, 0.05, 0.05])), null);
});

for (const [what, segment, why] of [
  ["a joint that is too fast", segmentTo([0.9, 0, 0], 0.3), /velocity|acceleration/],
  [
    "a segment that is too long",
    { ...segmentTo([0, 0, 0]), knots: segmentTo([0, 0, 0]).knots.map((knot) => ({ ...knot, tS: 2 * knot.tS })) },
    /takes 0.8 s/,
  ],
  ["a leap", quinticSegment({ id: 0, startNs: 0n, from: atRest(vector(0.1, 0, 0)), toRad: [0.1, 0, 0], durationS: 0.4 }), /joint 0 leaps/],
] as const)
  test(`${what} is found`, () => {
    assert.match(broken(segment) ?? "", why);
  });

test("a joint beyond its limit is found", () => {
  const near = vector(1.2, 0, 0);
  assert.match(broken(segmentTo([1.26, 0, 0], 0.4, atRest(near)), situationAtRest(near)) ?? "", /joint 0, sample \d+: position 1\.25/);
});

test("a tool that is too fast is found", () => {
  assert.match(broken(segmentTo([0.3, 0, 0]), situationAtRest(), { maxToolSpeedMPerS: 0.05 }) ?? "", /faster than 0.05 m\/s/);
});

test("a tool that leaves the box is found, one that was outside may come back", () => {
  const workspace = { ...options.workspace, maxM: [0.51, 0.13, 0.33] as const };
  assert.match(broken(segmentTo([0.2, 0, 0]), situationAtRest(), { workspace }) ?? "", /outside along x/);
  const from = vector(0.3, 0, 0);
  assert.equal(broken(segmentTo([0.2, 0, 0], 0.4, atRest(from)), situationAtRest(from), { workspace }), null);
});
