import assert from "node:assert/strict";
import test from "node:test";
import { atRest, segmentRestRad } from "../../../runtime/core/segment.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { keepOut } from "../../../runtime/guard/keep-out.ts";
import { workspace } from "../../../runtime/guard/workspace.ts";
import { options, segmentTo, situationAtRest, toolAt, vector } from "./fixtures.ts";

const box = workspace(options.workspace);
const post = keepOut(options.keepOut);

test("a path inside the box and away from every keep-out passes unchanged", () => {
  const segment = segmentTo([0.5, 0.2, -0.5]);
  assert.deepEqual(box.check(segment, situationAtRest()), { kind: "pass", segment });
  assert.deepEqual(post.check(segment, situationAtRest()), { kind: "pass", segment });
});

test("a step that leaves the box is shortened until it stays inside", () => {
  const verdict = box.check(segmentTo([-1.3, 0, 0]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.ok(toolAt(segmentRestRad(verdict.segment))[0] >= 0.38);
  assert.match(
    verdict.why[0]!,
    /^tool would be at \(0\.37\d, 0\.000, 0\.200\) m at 0\.\d\d s, outside \(0\.380, -0\.130, 0\.050\) m to \(0\.600, 0\.130, 0\.330\) m; shortened to 0\.8 of the step$/,
  );
});

test("the table plane counts with its clearance, and the reason says the height", () => {
  const verdict = box.check(segmentTo([0, 0, -1.7]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /, 0\.0\d\d m above the table at /);
  assert.ok(toolAt(segmentRestRad(verdict.segment))[2] >= 0.05);
});

test("a step out of the box from its very edge is stopped", () => {
  const edge = vector(-1.2, 0, 0);
  const verdict = box.check(segmentTo([-1.25, 0, 0], 0.4, atRest(edge)), situationAtRest(edge));
  assert.ok(verdict.kind === "stop");
  assert.match(verdict.why[0]!, /; no shorter step stays inside$/);
});

test("a tool that starts outside may come back but not go further out", () => {
  const outside = vector(0, 1.5, 0);
  const back = segmentTo([0, 1.4, 0], 0.4, atRest(outside));
  assert.equal(box.check(back, situationAtRest(outside)).kind, "pass");
  assert.equal(box.check(segmentTo([0, 1.6, 0], 0.4, atRest(outside)), situationAtRest(outside)).kind, "stop");
});

test("a tool position that is not a number is stopped by the box and by every keep-out", () => {
  const situation = situationAtRest(vector(0, 0, 0), { toolAt: (): Vec3 => [0.5, Number.NaN, 0.2] });
  assert.equal(box.check(segmentTo([0.1, 0, 0]), situation).kind, "stop");
  assert.equal(post.check(segmentTo([0.1, 0, 0]), situation).kind, "stop");
});

test("a step into a keep-out is shortened until its path stays out of the margin", () => {
  const start = vector(0.5, 0, -0.5);
  const verdict = post.check(segmentTo([0.5, 0.4, -0.5], 0.4, atRest(start)), situationAtRest(start));
  assert.ok(verdict.kind === "clip");
  assert.ok(toolAt(segmentRestRad(verdict.segment))[1] < 0.03);
  assert.match(
    verdict.why[0]!,
    /^tool would enter "post" near \(0\.550, 0\.03\d, 0\.150\) m at 0\.\d\d s; it spans .* with a margin of 0\.02 m; shortened to 0\.6 of the step$/,
  );
});

test("a thin keep-out between two samples is still seen", () => {
  const wall = keepOut([{ name: "wall", minM: [0.52, -1, 0], maxM: [0.5201, 1, 1], marginM: 0 }]);
  const verdict = wall.check(segmentTo([1, 0, 0], 0.4), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.ok(toolAt(segmentRestRad(verdict.segment))[0] < 0.52);
});

test("a tool that is inside a keep-out already is stopped", () => {
  const inside = vector(0.8, 0.8, -1);
  const verdict = post.check(segmentTo([0, 0, 0], 0.4, atRest(inside)), situationAtRest(inside));
  assert.ok(verdict.kind === "stop");
  assert.match(verdict.why[0]!, /; no shorter step stays out$/);
});

test("no number of tiny steps brings the tool through a wall of the box", () => {
  const guard = workspace(options.workspace);
  const [wallM] = options.workspace.maxM;
  let rad = vector(10 * (wallM - 0.5), 0, 0);
  for (let step = 0; step < 2_000; step++) {
    const further = rad.with(0, rad[0]! + 5e-6); // Half a micrometre: below every rounding.
    const verdict = guard.check(segmentTo(further, 0.4, atRest(rad)), situationAtRest(rad));
    if (verdict.kind !== "stop") rad = segmentRestRad(verdict.segment);
  }
  const beyondM = toolAt(rad)[0] - wallM;
  assert.ok(beyondM < 1e-5, `after 2,000 steps it is ${beyondM} m outside`);
});
