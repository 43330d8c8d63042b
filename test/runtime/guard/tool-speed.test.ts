/** Tests for tool-speed.ts: how fast the tool may go, and how near to a singularity. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toolSpeed } from "../../../runtime/guard/tool-speed.ts";
import { segmentTo, situationAtRest, toolAt, vector } from "./fixtures.ts";

/** The toy arm is singular at a = 1 rad. */
const condition = (positionRad: ArrayLike<number>): number => 1 / Math.max(1e-9, Math.abs(1 - positionRad[0]!));

test("a step within the speed passes unchanged; a faster one is shortened until it is within it, and the reason says both speeds", () => {
  const guard = toolSpeed({ maxToolSpeedMPerS: 0.2 });
  const slow = segmentTo([0.3, 0, 0]);
  assert.deepEqual(guard.check(slow, situationAtRest()), { kind: "pass", segment: slow });
  const verdict = guard.check(segmentTo([0.8, 0, 0]), situationAtRest());
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /^tool would go 0\.37\d m\/s, at most 0\.200 m\/s; shortened to 0\.4 of the step$/);
  assert.ok(toolAt(verdict.segment.knots.at(-1)!.positionRad)[0] < 0.54);
});

test("towards a singularity the tool may go slower and slower, and from a condition of 30 on no nearer at all", () => {
  const guard = toolSpeed({ maxToolSpeedMPerS: 0.2 }, condition);
  const from = vector(0.9, 0, 0);
  const to = (rad: number, durationS = 0.4) => {
    const segment = segmentTo([rad, 0, 0], durationS, { ...situationAtRest(from).commanded });
    return guard.check(segment, situationAtRest(from));
  };
  assert.equal(to(0.93).kind, "pass", "its condition is below 17");
  const slowed = to(0.965);
  assert.ok(slowed.kind !== "pass" && /this near to a singularity \(condition 28\.6\)/.test(slowed.why[0]!), slowed.kind);
  const near = vector(0.967, 0, 0);
  const closer = guard.check(segmentTo([0.99, 0, 0], 0.4, situationAtRest(near).commanded), situationAtRest(near));
  assert.equal(closer.kind, "stop");
  const away = guard.check(segmentTo([0.9, 0, 0], 0.4, situationAtRest(near).commanded), situationAtRest(near));
  assert.equal(away.kind, "pass", "the way out is free");
});

test("a tool point or a condition that is no number stops", () => {
  assert.equal(
    toolSpeed({ maxToolSpeedMPerS: 1 }).check(segmentTo([0.1, 0, 0]), situationAtRest(undefined, { toolAt: () => [Number.NaN, 0, 0] }))
      .kind,
    "stop",
  );
  assert.equal(toolSpeed({ maxToolSpeedMPerS: 1 }, () => Number.NaN).check(segmentTo([0.1, 0, 0]), situationAtRest()).kind, "stop");
  assert.equal(toolSpeed({ maxToolSpeedMPerS: Number.NaN }).check(segmentTo([0.1, 0, 0]), situationAtRest()).kind, "stop");
});
