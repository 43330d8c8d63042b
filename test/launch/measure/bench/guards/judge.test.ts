/** What judges the guards finds by itself what they must not let past. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenPromise, type Promises } from "../../../../../launch/measure/bench/guards/judge.ts";
import { atRest, quinticSegment } from "../../../../../runtime/core/segment.ts";
import type { Vec3 } from "../../../../../runtime/core/vec3.ts";
import { joints, options, segmentTo, situationAtRest, toolAt, vector } from "../../../../runtime/guard/fixtures.ts";

/** Its only link is a ball of 2 cm, 10 cm below the tool. */
const elbowAt = (positionRad: ArrayLike<number>): Vec3 => {
  const [x, y, z] = toolAt(Float64Array.from(positionRad));
  return [x, y, z - 0.1];
};
const promises = {
  ...{ joints, workspace: options.workspace, keepOut: [], maxToolSpeedMPerS: 1, payloadKg: 0 },
  toolAt: (positionRad: ArrayLike<number>) => toolAt(Float64Array.from(positionRad)),
  pointsAt: (positionRad: ArrayLike<number>) => [{ link: "elbow", atM: elbowAt(positionRad), radiusM: 0.02, isHand: false }],
  apartAt: () => null,
  torqueNm: () => [0, 0, 0],
};
const broken = (segment: Parameters<typeof brokenPromise>[0], situation = situationAtRest(), changes: Partial<Promises> = {}) =>
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

test("a joint that jerks is found, though it is nowhere too fast and nowhere pushed too hard", () => {
  const gentle = joints.map((each) => ({ ...each, jerkMaxRadPerS3: 20 }));
  assert.match(broken(segmentTo([0.05, 0, 0]), situationAtRest(), { joints: gentle }) ?? "", /joint 0, sample \d+: jerk -?\d+/);
  assert.equal(broken(segmentTo([0.01, 0, 0]), situationAtRest(), { joints: gentle }), null);
});

const BOX = { name: "post", minM: [0.52, -0.1, 0], maxM: [0.53, 0.1, 0.3], marginM: 0.005 } as const;
const BALL = { name: "lamp", centreM: [0.525, 0, 0.2], radiusM: 0.005, marginM: 0.005 } as const;
for (const zone of [BOX, BALL]) {
  test(`a tool that enters "${zone.name}" is found, also where it passes through; before it nothing is`, () => {
    const thin =
      "centreM" in zone
        ? { ...zone, centreM: [0.512, 0, 0.2] as const, radiusM: 0.002 }
        : { ...zone, minM: [0.51, -0.1, 0.15] as const, maxM: [0.514, 0.1, 0.3] as const };
    const places = { keepOut: [{ ...thin, marginM: 0.003 }], pointsAt: () => [] };
    for (const toRad of [0.1, 0.3])
      assert.match(broken(segmentTo([toRad, 0, 0]), situationAtRest(), places) ?? "", /^the tool is in "\w+" at sample \d+/);
    assert.equal(broken(segmentTo([0.05, 0, 0]), situationAtRest(), places), null);
  });

  test(`a link that enters "${zone.name}" while the tool is far from it is found; one that begins there may leave`, () => {
    const below = "centreM" in zone ? { ...zone, centreM: [0.525, 0, 0.1] as const } : { ...zone, maxM: [0.53, 0.1, 0.1] as const };
    const places = { keepOut: [below] };
    assert.match(broken(segmentTo([0.2, 0, 0]), situationAtRest(), places) ?? "", /^elbow is in "\w+" at look \d+/);
    assert.equal(broken(segmentTo([-0.1, 0, 0]), situationAtRest(), places), null);
    const within = vector(0.25, 0, 0);
    assert.equal(broken(segmentTo([0.05, 0, 0], 0.4, atRest(within)), situationAtRest(within), places), null);
  });
}

test("a link that goes below the table's top is found, the hand alone may", () => {
  const low = vector(0, 0, -0.7);
  const down = segmentTo([0, 0, -0.95], 0.4, atRest(low));
  assert.match(broken(down, situationAtRest(low)) ?? "", /^elbow is in "table" at look/);
  const pointsAt = (positionRad: ArrayLike<number>) => promises.pointsAt(positionRad).map((point) => ({ ...point, isHand: true }));
  assert.equal(broken(down, situationAtRest(low), { pointsAt }), null);
});

test("a link that begins below the table's top may go with all its parts as deep as one of them was, and no deeper", () => {
  const low = vector(0, 0, -0.95);
  /** Another part of it, 3 cm higher. */
  const pointsAt = (positionRad: ArrayLike<number>) =>
    promises
      .pointsAt(positionRad)
      .flatMap((point) => [point, { ...point, atM: [point.atM[0], point.atM[1], point.atM[2] + 0.03] as const }]);
  const rising = segmentTo([0, 0, -0.9], 0.4, atRest(low));
  assert.equal(broken(rising, situationAtRest(low), { pointsAt }), null);
  const falling = segmentTo([0, 0, -1.05], 0.4, atRest(low));
  assert.match(broken(falling, situationAtRest(low), { pointsAt }) ?? "", /^elbow is in "table" at look/);
});

test("links that come too near to one another are found; those that are too near already may part", () => {
  const apartAt = ([a = 0]: ArrayLike<number> & Iterable<number>) => ({ distanceM: 0.011 - 0.1 * a, between: ["hand", "elbow"] }) as const;
  const near = (positionRad: ArrayLike<number>, withinM: number) => {
    const found = apartAt(Array.from(positionRad));
    return found.distanceM < withinM ? found : null;
  };
  assert.match(broken(segmentTo([0.1, 0, 0]), situationAtRest(), { apartAt: near }) ?? "", /^hand and elbow are 0\.00\d+ m apart at look/);
  assert.equal(broken(segmentTo([0.03, 0, 0]), situationAtRest(), { apartAt: near }), null);
  const within = vector(0.1, 0, 0);
  assert.equal(broken(segmentTo([0, 0, 0], 0.4, atRest(within)), situationAtRest(within), { apartAt: near }), null);
});

test("a drive that would have to give more than it can is found, with the payload that is told", () => {
  const torqueNm = ({ accelerationRadPerS2 }: { readonly accelerationRadPerS2: ArrayLike<number> }, payloadKg: number) =>
    Array.from(accelerationRadPerS2, (value) => Math.abs(value) * (10 + 100 * payloadKg));
  const step = segmentTo([0.05, 0, 0]);
  assert.equal(broken(step, situationAtRest(), { torqueNm }), null);
  assert.match(broken(step, situationAtRest(), { torqueNm, payloadKg: 1 }) ?? "", /^joint 0 would need \d+.* N m at look \d+, has 80 N m/);
});
