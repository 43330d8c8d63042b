/** Tests for links.ts on a real arm's model, and for balls as keep-outs: no link where no link may be, over the whole segment. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { robots } from "../../../robots/index.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { atRest, quinticSegment } from "../../../runtime/core/segment.ts";
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

test("the tool point stays out of a ball also where it would pass between two samples of its path", () => {
  const ball = keepOut([{ name: "lamp", centreM: [0.5, 0, 0.16], radiusM: 0.001, marginM: 0.001 }]);
  const verdict = ball.check(segmentTo([0, 0, -1]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /^tool would enter "lamp" near .*; it is 0\.001 m around \(0\.500, 0\.000, 0\.160\) m/);
  assert.equal(ball.check(segmentTo([0, 0, 0.5]), situationAtRest()).kind, "pass");
});
