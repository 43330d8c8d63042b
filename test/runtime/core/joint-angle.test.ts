/** Angles of joints that turn for ever, and what is said of angles that are told a turn further. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createTrackingWatch } from "../../../runtime/act/tracking-watch.ts";
import { createVelocityFill } from "../../../runtime/bridge/ros2/joint-state.ts";
import { angleRad, shorterWayRad, TURN_RAD, turnRemark } from "../../../runtime/core/joint-angle.ts";
import { checkJoints } from "../../../runtime/core/joint-reading.ts";
import type { JointSpec } from "../../../runtime/core/robot.ts";
import { atRest, peakUse, quinticSegment } from "../../../runtime/core/segment.ts";
import { jointLimits } from "../../../runtime/guard/joint-limits.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createJumpCheck } from "../../../runtime/sense/joint-check.ts";
import { situationAtRest, vector } from "../guard/fixtures.ts";

const limited: JointSpec = {
  name: "turn",
  positionMinRad: -3.1,
  positionMaxRad: 3.1,
  velocityMaxRadPerS: 1.4,
  accelerationMaxRadPerS2: 12,
  jerkMaxRadPerS3: 600,
  torqueMaxNm: 10,
};
const endless: JointSpec = {
  ...limited,
  type: "continuous",
  positionMinRad: Number.NEGATIVE_INFINITY,
  positionMaxRad: Number.POSITIVE_INFINITY,
};
const at = (rad: number, ms: number) => {
  const stampNs = BigInt(ms) * 1_000_000n;
  return { positionRad: Float64Array.of(rad), velocityRadPerS: new Float64Array(1), stampNs, receivedNs: stampNs };
};

test("a continuous joint goes the shorter way round, however many turns it was told; a limited one the way it was told", () => {
  const rad = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(rad, rad, fc.integer({ min: -5, max: 5 }), (from, to, turns) => {
      const way = angleRad("continuous", from, to);
      assert.ok(Math.abs(way) <= Math.PI + 1e-9);
      assert.ok(Math.abs(shorterWayRad(from + way - to)) < 1e-9);
      assert.ok(Math.abs(shorterWayRad(angleRad("continuous", from, to + turns * TURN_RAD) - way)) < 1e-9);
      assert.equal(angleRad("revolute", from, to), to - from);
      assert.equal(angleRad(undefined, from, to), to - from);
    }),
  );
  assert.ok(Number.isNaN(angleRad("continuous", 0, Number.NaN)));
});

test("a difference that is whole turns and little else is told as that, any other is not", () => {
  assert.equal(turnRemark(0.3), "");
  assert.equal(turnRemark(4), "");
  assert.match(turnRemark(6.2), /^, which is a whole turn: the angle is told wrapped; .*type "continuous"/);
  assert.match(turnRemark(-12.6), /2 whole turns/);
});

test("a limited joint told a turn further blames the wrap, not the encoder; a continuous one may be told any turn", () => {
  assert.match(
    checkJoints(at(6.2, 0), [limited], 0.02)!.message,
    /6\.200 rad is outside \[-3\.1, 3\.1\] rad by more than 0\.02 rad, which is a whole turn/,
  );
  assert.equal(checkJoints(at(6.2, 0), [endless], 0.02), null);
  assert.equal(checkJoints(at(1e4, 0), [endless], 0.02), null);
});

test("crossing the wrap is no jump of a continuous joint, and is named at a limited one", () => {
  const options = { jumpFactor: 1.5, jumpToleranceRad: 0.01 };
  const check = createJumpCheck({ ...options, joints: [endless] });
  check(at(3.14, 0));
  assert.equal(check(at(-3.14, 10)), null);
  assert.match(check(at(-2.5, 20))!.message, /^joint "turn": moved 0\.6400 rad in 10\.0 ms, at most 0\.0310 rad; check the encoder/);
  const strict = createJumpCheck({ ...options, joints: [limited] });
  strict(at(3.08, 0));
  assert.match(strict(at(-3.09, 10))!.message, /^joint "turn": moved 6\.1700 rad in 10\.0 ms, at most 0\.0310 rad, which is a whole turn/);
});

test("an arm is held against its command modulo a turn", () => {
  const options = { names: ["turn"], radMax: 0.2, msMax: 0 };
  assert.equal(createTrackingWatch({ ...options, types: ["continuous"] }).check([3.09], [-3.19], 1n), null);
  assert.match(
    createTrackingWatch({ ...options, types: ["continuous"] }).check([3.09], [-2.8], 1n)!.message,
    /^joint "turn": 0\.393 rad from its command/,
  );
  assert.match(
    createTrackingWatch(options).check([3.09], [-3.19], 1n)!.message,
    /^joint "turn": 6\.280 rad from its command for 0 ms, at most 0\.2 rad, which is a whole turn/,
  );
  assert.match(createTrackingWatch(options).check([3.09], [Number.NaN], 1n)!.message, /^joint "turn": NaN rad from its command/);
});

test("a velocity that is made of two readings goes the shorter way round", () => {
  const fill = createVelocityFill();
  const reading = (rad: number) => ({ kind: "joints" as const, positionRad: Float64Array.of(rad), velocityRadPerS: null, rosStampNs: 0n });
  fill(reading(3.14), 0n, 0n);
  const [speed] = fill(reading(-3.14), 10_000_000n, 0n).velocityRadPerS;
  assert.ok(Math.abs(speed! - 0.3185) < 1e-3, `${speed} rad/s`);
});

test("guards let a continuous joint turn as far as it likes, no faster than its limits; what is not finite passes nothing", () => {
  const joints = [endless, limited, limited];
  const far = vector(40, 0, 0);
  const turn = (byRad: number) => quinticSegment({ id: 0, startNs: 0n, from: atRest(far), toRad: [40 + byRad, 0, 0], durationS: 0.4 });
  assert.equal(jointLimits(joints).check(turn(0.1), situationAtRest(far)).kind, "pass");
  const fast = jointLimits(joints).check(turn(3), situationAtRest(far));
  assert.ok(fast.kind === "clip" && peakUse(fast.segment, joints).every(({ fraction }) => fraction <= 1 + 1e-9));
  assert.equal(jointLimits(joints).check(turn(Number.NaN), situationAtRest(far)).kind, "stop");
  assert.equal(lastGuard(atRest(far), atRest(vector(40.001, 0, 0)), 0.004, joints).heldWhy, null);
  assert.match(lastGuard(atRest(far), atRest(vector(40.01, 0, 0)), 0.004, joints).heldWhy!, /speed/);
});
