/** Tests for links.ts on a real arm's model, and for balls as keep-outs: no link where no link may be, over the whole segment. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { robots } from "../../../robots/index.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { atRest, quinticSegment, sampleSegment, segmentRestRad } from "../../../runtime/core/segment.ts";
import { keepOut } from "../../../runtime/guard/keep-out.ts";
import { LINKS_APART_M, links } from "../../../runtime/guard/links.ts";
import { type ArmShape, createArmShape } from "../../../runtime/kinematics/shape.ts";
import { segmentTo, situationAtRest } from "./fixtures.ts";

let spec: RobotSpec;
let shape: ArmShape;
before(async () => {
  spec = await robots.panda();
  shape = await createArmShape(spec);
});
after(() => shape[Symbol.dispose]());

/** A segment from one posture at rest to another. */
function check(guard: ReturnType<typeof links>, fromRad: Float64Array, toRad: Float64Array) {
  const segment = quinticSegment({ id: 1, startNs: 0n, from: atRest(fromRad), toRad, durationS: 0.4 });
  return { segment, verdict: guard.check(segment, situationAtRest(fromRad)) };
}
const home = (): Float64Array => Float64Array.from(spec.homeRad);
/** Elbow and wrist folded as far as their joints go: the hand comes to the upper arm. */
const folded = (share: number): Float64Array =>
  home().map((rad, joint) => rad + share * ((joint === 3 ? -3.05 : joint === 5 ? 0.05 : rad) - rad));

test("at home the Panda's links are apart, and small steps from there pass", () => {
  assert.equal(shape.nearest(home(), LINKS_APART_M), null);
  assert.ok(shape.balls(home()).length > 50);
  const { segment, verdict } = check(links(shape, []), home(), home().with(0, 0.2));
  assert.deepEqual(verdict, { kind: "pass", segment });
});

test("where the arm would fold onto itself a step ends before, and names both links", () => {
  const folds = Array.from({ length: 100 }, (_, i) => i / 100);
  const touching = folds.find((share) => (shape.nearest(folded(share), 0.2)?.distanceM ?? 1) < LINKS_APART_M);
  assert.ok(touching !== undefined, "folded it touches itself");
  const before = folded(touching - 0.03);
  assert.equal(shape.nearest(before, LINKS_APART_M), null);
  const { verdict } = check(links(shape, []), before, folded(touching + 0.02));
  assert.ok(verdict.kind !== "pass");
  assert.match(verdict.why[0]!, /^\w+ and \w+ would be -?\d\.\d{3} m apart, at least 0\.01 m/);
  if (verdict.kind === "clip") assert.equal(shape.nearest(verdict.segment.knots.at(-1)!.positionRad, LINKS_APART_M), null);
  const { verdict: back } = check(links(shape, []), folded(touching + 0.02), before);
  assert.equal(back.kind, "pass", "an arm that is too near already may go apart");
});

test("a link that would enter a keep-out is refused although the tool point is far from it", () => {
  const elbow = shape.balls(home()).find(({ link }) => link === "link4")!.centreM;
  for (const zone of [
    { name: "shelf", minM: [elbow[0] - 0.1, 0.2, elbow[2] - 0.2], maxM: [elbow[0] + 0.3, 0.5, elbow[2] + 0.2], marginM: 0.02 },
    { name: "lamp", centreM: [elbow[0], 0.3, elbow[2]], radiusM: 0.1, marginM: 0.02 },
  ] as const) {
    const guard = links(shape, [zone]);
    assert.equal(check(guard, home(), home().with(0, -0.3)).verdict.kind, "pass");
    const { verdict } = check(guard, home(), home().with(0, 1.2));
    assert.ok(verdict.kind !== "pass");
    assert.match(verdict.why[0]!, new RegExp(`^link\\d would be \\d\\.\\d{3} m inside "${zone.name}" and its margin|^hand would be`));
  }
});

test("a motion whose braking alone would bring the arm onto itself, or a link into a keep-out, is refused", () => {
  const folds = Array.from({ length: 200 }, (_, i) => i / 200);
  const touching = folds.find((share) => (shape.nearest(folded(share), 0.2)?.distanceM ?? 1) < LINKS_APART_M)!;
  const step = folded(1).map((rad, joint) => rad - folded(0)[joint]!);
  const ahead = folded(touching - 0.04);
  // Fast towards itself: the next decision period of 0.2 s is free, the way to rest after it is not.
  const from = { ...atRest(ahead), velocityRadPerS: step.map((value) => 0.16 * value) };
  const segment = quinticSegment({ id: 1, startNs: 0n, from, toRad: folded(touching + 0.005), durationS: 0.4 });
  const nearestM = (tS: number): number => shape.nearest(sampleSegment(segment, tS).positionRad, 0.2)?.distanceM ?? 1;
  for (let tS = 0; tS <= 0.2; tS += 0.01) assert.ok(nearestM(tS) >= LINKS_APART_M, `${nearestM(tS)} m at ${tS} s`);
  assert.ok(nearestM(0.4) < LINKS_APART_M, "only in braking it collides");
  const situation = situationAtRest(segment.knots[1]!.positionRad, { commanded: from, restInS: 0.4 });
  const verdict = links(shape, []).check(segment, situation);
  assert.ok(verdict.kind !== "pass");
  assert.match(verdict.why[0]!, /would be -?\d\.\d{3} m apart, at least 0\.01 m/);

  const elbowAt = (positionRad: Float64Array) => shape.balls(positionRad).find(({ link }) => link === "link4")!.centreM;
  const turning = { ...atRest(home()), velocityRadPerS: home().map((_, joint) => (joint === 0 ? 1 : 0)) };
  const turn = quinticSegment({ id: 2, startNs: 0n, from: turning, toRad: home().with(0, 0.25), durationS: 0.4 });
  const lamp = { name: "lamp", centreM: elbowAt(home().with(0, 0.26)), radiusM: 0.001, marginM: 0 };
  const insideM = (tS: number): number =>
    Math.min(
      ...shape
        .balls(sampleSegment(turn, tS).positionRad)
        .map(({ centreM, radiusM }) => Math.hypot(...centreM.map((value, axis) => value - lamp.centreM[axis]!)) - radiusM - lamp.radiusM),
    );
  const freeUntilS = Array.from({ length: 41 }, (_, i) => i / 100).findLast((tS) => insideM(tS) > insideM(0) - 1e-6 || insideM(tS) > 0);
  assert.ok(insideM(0.4) < 0 && insideM(0.4) < insideM(0), "the rest is inside");
  assert.ok(freeUntilS !== undefined);
  const turned = links(shape, [lamp]).check(turn, situationAtRest(home().with(0, 0.25), { commanded: turning, restInS: 0.4 }));
  assert.ok(turned.kind !== "pass");
});

test("no link comes below the table's top, and the hand is left to the tool point's own clearance", () => {
  const lowestM = (positionRad: Float64Array): number =>
    Math.min(
      ...shape
        .balls(positionRad)
        .filter(({ isHand, link }) => !isHand && link >= "link4")
        .map(({ centreM, radiusM }) => centreM[2] - radiusM),
    );
  const lower = home().map((rad, joint) => rad + (joint === 1 ? 0.2 : 0));
  const tableZM = lowestM(home()) - 0.005;
  assert.ok(lowestM(lower) < tableZM - 0.005);
  assert.equal(check(links(shape, []), home(), lower).verdict.kind, "pass", "where nobody names a table");
  const { verdict } = check(links(shape, [], tableZM), home(), lower);
  assert.ok(verdict.kind !== "pass");
  assert.match(verdict.why[0]!, /^link\d would be \d\.\d{3} m inside "table" and its margin/);
  assert.equal(check(links(shape, [], tableZM), home(), home().with(0, 0.2)).verdict.kind, "pass", "what is below may move at its height");
  const hand = shape.balls(home()).filter(({ isHand }) => isHand);
  assert.ok(
    hand.some(({ centreM, radiusM }) => centreM[2] - radiusM < tableZM),
    "the hand is below it, and that is no objection",
  );
});

test("the tool point stays out of a ball also where it would pass between two samples of its path", () => {
  const ball = keepOut([{ name: "lamp", centreM: [0.5, 0, 0.16], radiusM: 0.001, marginM: 0.001 }]);
  const verdict = ball.check(segmentTo([0, 0, -1]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /^tool would enter "lamp" near .*; it is 0\.001 m around \(0\.500, 0\.000, 0\.160\) m/);
  assert.equal(ball.check(segmentTo([0, 0, 0.5]), situationAtRest()).kind, "pass");
});

test("no number of tiny steps brings two links nearer to one another than they may be", () => {
  const folds = Array.from({ length: 200 }, (_, i) => i / 200);
  const touching = folds.find((share) => (shape.nearest(folded(share), 0.2)?.distanceM ?? 1) < LINKS_APART_M)!;
  const apart = (positionRad: Float64Array): number => shape.nearest(positionRad, 0.2)?.distanceM ?? 1;
  const guard = links(shape, []);
  const start = folded(touching);
  assert.ok(apart(start) < LINKS_APART_M, "it is too near already");
  const towards = folded(1).map((rad, joint) => 2e-6 * (rad - folded(0)[joint]!)); // Less than a micrometre of distance.
  const nearer = apart(start) - apart(start.map((rad, joint) => rad + towards[joint]!));
  assert.ok(nearer > 2 * shape.distanceNoiseM && nearer < 1e-6, `${nearer} m a step`);
  let rad = start;
  for (let step = 0; step < 300; step++) {
    const further = rad.map((value, joint) => value + towards[joint]!);
    const { verdict } = check(guard, rad, further);
    if (verdict.kind !== "stop") rad = segmentRestRad(verdict.segment);
  }
  const creptM = apart(start) - apart(rad);
  assert.ok(creptM < 300 * shape.distanceNoiseM, `after 300 steps they are ${creptM} m nearer`);
  const aside = check(guard, start, start.with(0, start[0]! + 0.1)).verdict;
  assert.equal(aside.kind, "pass", "what turns as a whole comes no nearer");
});

test("parts of links that are nowhere near a zone are not looked at more closely, and every verdict is that of looking at all of them", () => {
  const zones = [
    { name: "post", minM: [0.3, 0.2, 0], maxM: [0.4, 0.3, 0.8], marginM: 0.01 },
    { name: "shelf", minM: [0.2, -0.6, 0.5], maxM: [0.7, -0.3, 0.51], marginM: 0.01 },
    { name: "lamp", centreM: [0.4, 0, 0.9], radiusM: 0.08, marginM: 0.02 },
  ] as const;
  const quick = links(shape, zones, 0);
  const thorough = links(
    { balls: (at) => shape.balls(at), nearest: shape.nearest, distanceNoiseM: shape.distanceNoiseM, travelM: shape.travelM },
    zones,
    0,
  );
  const rng = createRng(11);
  const kinds = new Set<string>();
  for (let round = 0; round < 200; round++) {
    const fromRad = home().map((rad) => rad + rng.between(-0.8, 0.8));
    const toRad = fromRad.map((rad) => rad + rng.between(-0.4, 0.4));
    const { verdict } = check(quick, fromRad, toRad);
    kinds.add(verdict.kind);
    assert.deepEqual(verdict, check(thorough, fromRad, toRad).verdict);
  }
  assert.ok(kinds.size > 1, [...kinds].join());
  assert.notEqual(check(quick, home(), home().with(0, Number.NaN)).verdict.kind, "pass");
});

test("no link comes into a zone between two looks, however thin it is and however fast the arm goes past", () => {
  const rng = createRng(12);
  let passed = 0;
  for (let round = 0; round < 400; round++) {
    const fromRad = home().map((rad) => rad + rng.between(-0.6, 0.6));
    const toRad = fromRad.map((rad) => rad + rng.between(-0.5, 0.5));
    const segment = quinticSegment({ id: 1, startNs: 0n, from: atRest(fromRad), toRad, durationS: 0.4 });
    const balls = shape.balls(sampleSegment(segment, 0.4 * rng.uniform()).positionRad).filter(({ radiusM }) => radiusM > 0);
    const { centreM, radiusM } = balls[Math.floor(balls.length * rng.uniform())]!;
    const besideM = radiusM + rng.between(0.01, 0.05);
    const zone = { name: "bead", centreM: [centreM[0] + besideM, centreM[1], centreM[2]] as const, radiusM: 0.002, marginM: 0.01 };
    const freeM = (tS: number): number =>
      Math.min(
        ...shape
          .balls(sampleSegment(segment, tS).positionRad)
          .map((ball) => Math.hypot(...ball.centreM.map((value, axis) => value - zone.centreM[axis]!)) - ball.radiusM),
      ) -
      zone.radiusM -
      zone.marginM;
    if (freeM(0) < 0 || links(shape, [zone]).check(segment, situationAtRest(fromRad)).kind !== "pass") continue;
    passed++;
    const deepestM = -Math.min(...Array.from({ length: 401 }, (_, ms) => freeM(ms / 1000)));
    assert.ok(deepestM < 0.002, `round ${round}: ${deepestM} m inside`);
  }
  assert.ok(passed > 20, `${passed} of 400 pass`);
});

test("no point of the arm moves further than its travel says", () => {
  const rng = createRng(13);
  for (let round = 0; round < 100; round++) {
    const fromRad = home().map((rad) => rad + rng.between(-1, 1));
    const toRad = fromRad.map((rad) => rad + rng.between(-0.3, 0.3));
    const [before, after] = [shape.balls(fromRad), shape.balls(toRad)];
    const movedM = before.map(({ centreM }, index) => Math.hypot(...centreM.map((value, axis) => value - after[index]!.centreM[axis]!)));
    assert.ok(Math.max(...movedM) <= shape.travelM(fromRad, toRad), `round ${round}`);
  }
});
