/** The command stream's core: what it accepts, what it commands, how it stops. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Admission, refusalOf } from "../../../runtime/act/admission.ts";
import { createStream } from "../../../runtime/act/stream.ts";
import { secondsToNs } from "../../../runtime/core/clock.ts";
import type { Segment, SegmentEvent } from "../../../runtime/core/motion.ts";
import { boundsOf, peakUse, quinticSegment, segmentDurationS } from "../../../runtime/core/segment.ts";
import { hastySpec, twoJointSpec as spec } from "../../helpers/kinematic-arm.ts";

const MS = 1_000_000n;

function make(of = spec) {
  const events: string[] = [];
  const onEvent = ({ segmentId, kind, atNs, reason }: SegmentEvent): void =>
    void events.push(`${segmentId} ${kind} ${atNs / MS}${reason ? ` ${reason}` : ""}`);
  const stream = createStream({ spec: of, initialRad: of.homeRad, startNs: 0n, onEvent });
  const segment = (id: number, startMs: number, toRad: ArrayLike<number>, durationS = 0.2): Segment => {
    const startNs = BigInt(startMs) * MS;
    return quinticSegment({ id, startNs, from: stream.commandedAt(startNs), toRad, durationS });
  };
  return { stream, events, segment };
}

/** What a stop there makes of a motion. */
const brakeOf = (move: Segment, stopMs: number, of = spec): Segment => {
  const { stream } = make(of);
  assert.equal(stream.accept(move, 0n).kind, "accepted");
  return stream.stop(BigInt(stopMs) * MS, "operator");
};

const reasonOf = (admission: ReturnType<ReturnType<typeof make>["stream"]["accept"]>) =>
  admission.kind === "rejected" ? [admission.reason, admission.message] : ["accepted"];

test("before any segment the arm is commanded to rest where it is", () => {
  const { stream } = make();
  assert.deepEqual(stream.commandAt(5n * MS).positionRad, Float64Array.from(spec.homeRad));
  assert.equal(stream.restInS(0n), 0);
});

test("a segment runs from its start to rest, and is told as started and completed at its own stamps", () => {
  const { stream, events, segment } = make();
  assert.equal(stream.accept(segment(0, 10, [0.2, -0.3]), 0n).kind, "accepted");
  assert.deepEqual(stream.commandAt(9n * MS).positionRad, Float64Array.from(spec.homeRad));
  assert.deepEqual(events, []);
  assert.ok(Math.abs(stream.commandAt(110n * MS).positionRad[0]! - 0.15) < 1e-9);
  assert.deepEqual(stream.commandAt(300n * MS).positionRad, Float64Array.of(0.2, -0.3));
  assert.deepEqual(events, ["0 started 10", "0 completed 210"]);
  assert.deepEqual(stream.restRad(), Float64Array.of(0.2, -0.3));
});

test("a segment that starts in the past is rejected as late, with how late", () => {
  const { stream, segment } = make();
  assert.deepEqual(reasonOf(stream.accept(segment(0, 10, [0.2, -0.3]), 22n * MS)), [
    "late",
    "segment 0: starts 12.0 ms in the past, must be 0 ms or more ahead; leave more time to hand it over",
  ]);
});

test("too late is a plan that missed its start; any other refusal is one", () => {
  const codeOf = (admission: Admission): string => (admission.kind === "rejected" ? refusalOf(admission).code : "none");
  const { stream, segment } = make();
  assert.equal(codeOf(stream.accept(segment(0, 10, [0.2, -0.3]), 22n * MS)), "plan.late");
  assert.equal(codeOf(stream.accept(segment(0, 1001, [0.2, -0.3]), 0n)), "robot.rejected");
});

test("a segment that starts more than a second ahead is rejected as early", () => {
  const { stream, segment } = make();
  assert.equal(reasonOf(stream.accept(segment(0, 1001, [0.2, -0.3]), 0n))[0], "early");
  assert.equal(reasonOf(stream.accept(segment(0, 1000, [0.2, -0.3]), 0n))[0], "accepted");
});

test("ids must rise", () => {
  const { stream, segment } = make();
  stream.accept(segment(4, 0, [0.2, -0.3]), 0n);
  assert.deepEqual(reasonOf(stream.accept(segment(4, 10, [0.2, -0.3]), 0n)), [
    "id",
    "segment 4: id must be an integer above 4; number segments upwards",
  ]);
});

test("a segment that jumps in position, velocity or acceleration is rejected, one within tolerance is accepted", () => {
  const { stream, segment } = make();
  const shifted = (radians: number, radPerS: number, radPerS2 = 0): Segment => {
    const good = segment(0, 10, [0.2, -0.3]);
    good.knots[0]!.positionRad[1]! += radians;
    good.knots[0]!.velocityRadPerS[1]! += radPerS;
    good.knots[0]!.accelerationRadPerS2[1]! += radPerS2;
    return good;
  };
  assert.deepEqual(reasonOf(stream.accept(shifted(0.002, 0), 0n)), [
    "discontinuous",
    'segment 0: joint "elbow" starts 0.0020 rad from the commanded state, must be within 0.001 rad; start from commandedAt(startNs)',
  ]);
  assert.match(
    reasonOf(stream.accept(shifted(0, -0.02), 0n))[1]!,
    /starts 0\.0200 rad\/s from the commanded state, must be within 0\.01 rad\/s/,
  );
  assert.match(
    reasonOf(stream.accept(shifted(0, 0, 5), 0n))[1]!,
    /starts 5\.0000 rad\/s\^2 from the commanded state, must be within 1 rad\/s\^2/,
  );
  assert.deepEqual(reasonOf(stream.accept(shifted(0.0005, 0.005, 0.5), 0n)), ["accepted"]);
});

test("a segment that drives a joint harder than its limits is rejected, whoever sends it: acceleration and jerk, also between knots", () => {
  const { stream, segment } = make();
  const tenfold = segment(0, 0, [spec.homeRad[0]! + (10 * 15 * 0.16) / 5.7735, spec.homeRad[1]!], 0.4);
  assert.deepEqual(reasonOf(stream.accept(tenfold, 0n)), [
    "hard",
    'segment 0: joint "shoulder": acceleration 150.00 rad/s^2 is above 15.00 rad/s^2; ask for a smaller or a slower motion',
  ]);
  const abrupt = segment(0, 0, [spec.homeRad[0]!, spec.homeRad[1]! - 0.001], 0.02); // Its knots rest: 14.4 rad/s^2 and 7,500 rad/s^3 lie between them.
  assert.match(reasonOf(stream.accept(abrupt, 0n))[1]!, /joint "elbow": jerk 7500\.00 rad\/s\^3 is above 6000\.00 rad\/s\^3/);
  assert.deepEqual(reasonOf(stream.accept(segment(0, 0, [spec.homeRad[0]! + 0.41, spec.homeRad[1]!], 0.4), 0n)), ["accepted"]);
});

test("malformed segments are rejected, each with what is wrong", () => {
  const { stream, segment } = make();
  const good = () => segment(0, 0, [0.2, -0.3], 0.4);
  const cases: [Segment, RegExp][] = [
    [{ ...good(), knots: good().knots.slice(0, 1) }, /has 1 knots, must have 2 to 16/],
    [{ ...good(), knots: good().knots.map((knot) => ({ ...knot, tS: knot.tS + 0.01 })) }, /first knot is at 0\.01 s/],
    [{ ...good(), knots: good().knots.map((knot) => ({ ...knot, tS: knot.tS * 2 })) }, /lasts 0\.8 s, must be at most 0\.4 s/],
    [{ ...good(), knots: good().knots.map((knot) => ({ ...knot, tS: 0 })) }, /knot 1 at 0 s must be after the knot before it/],
    [
      { ...good(), knots: good().knots.map((knot) => ({ ...knot, positionRad: Float64Array.of(0) })) },
      /knot 0 has 1 joint values, must have 2/,
    ],
    [
      { ...good(), knots: good().knots.map((knot) => ({ ...knot, velocityRadPerS: Float64Array.of(0, Number.POSITIVE_INFINITY) })) },
      /knot 0 is not finite/,
    ],
    [
      { ...good(), knots: good().knots.map((knot) => ({ ...knot, velocityRadPerS: Float64Array.of(0, knot.tS) })) },
      /last knot moves, must be at rest/,
    ],
  ];
  for (const [bad, message] of cases) {
    const [reason, text] = reasonOf(stream.accept(bad, 0n));
    assert.equal(reason, "malformed");
    assert.match(text!, message);
  }
});

test("one segment may wait; a newer one that starts no later replaces it, one that starts later is rejected", () => {
  const { stream, events, segment } = make();
  stream.accept(segment(0, 100, [0.2, -0.3]), 0n);
  assert.equal(reasonOf(stream.accept(segment(1, 150, [0.3, -0.3]), 1n * MS))[0], "queue");
  stream.accept(segment(2, 50, [0, -0.3]), 2n * MS);
  stream.commandAt(400n * MS);
  assert.deepEqual(events, ["0 replaced 2", "2 started 50", "2 completed 250"]);
  assert.deepEqual(stream.restRad(), Float64Array.of(0, -0.3));
});

test("a running segment is followed until its replacement starts", () => {
  const { stream, events, segment } = make();
  stream.accept(segment(0, 0, [0.2, -0.3], 0.4), 0n);
  stream.accept(segment(1, 200, [0.2, -0.28]), 150n * MS);
  stream.commandAt(500n * MS);
  assert.deepEqual(events, ["0 started 0", "0 replaced 200", "1 started 200", "1 completed 400"]);
});

test("a stop aborts what runs and what waits, and segments are rejected until resume", () => {
  const { stream, events, segment } = make();
  stream.accept(segment(0, 0, [0.2, -0.3], 0.4), 0n);
  stream.accept(segment(1, 250, [0.2, -0.2]), 100n * MS);
  stream.stop(150n * MS, "operator");
  assert.deepEqual(events, ["0 started 0", "0 aborted 150 operator", "1 aborted 150 operator"]);
  assert.deepEqual(reasonOf(stream.accept(segment(2, 300, [0, 0]), 200n * MS)), [
    "stopped",
    "segment 2: the arm is stopped (operator); resume first",
  ]);
  stream.resume();
  assert.equal(reasonOf(stream.accept(segment(3, 300, [0.1, -0.3]), 200n * MS))[0], "accepted");
});

test("a stop at rest holds the arm where it is", () => {
  const { stream } = make();
  stream.stop(100n * MS, "operator");
  assert.equal(stream.restInS(100n * MS), 0);
  assert.deepEqual(stream.commandAt(101n * MS).positionRad, Float64Array.from(spec.homeRad));
});

test("a second stop leaves the first one's braking as it is", () => {
  const { stream, segment } = make();
  stream.accept(segment(0, 0, [0.2, -0.3]), 0n);
  const brake = stream.stop(100n * MS, "operator");
  assert.equal(stream.stop(110n * MS, "again"), brake);
  assert.equal(stream.stopReason, "operator");
});

test("from any state of any segment within limits a stop is continuous, within limits and at rest within 0.4 s, never later than the segment", () => {
  const radians = fc.double({ min: -0.25, max: 0.25, noNaN: true });
  fc.assert(
    fc.property(radians, radians, fc.integer({ min: 1, max: 399 }), (first, second, stopMs) => {
      const { stream, segment } = make();
      const move = segment(0, 0, [spec.homeRad[0]! + first, spec.homeRad[1]! + second], 0.4);
      assert.ok(peakUse(move, spec.joints).every((use) => use.fraction <= 1));
      stream.accept(move, 0n);
      const stopNs = BigInt(stopMs) * MS;
      const before = stream.commandedAt(stopNs);
      const brake = stream.stop(stopNs, "operator");
      const after = stream.commandedAt(stopNs);
      for (const field of ["positionRad", "velocityRadPerS", "accelerationRadPerS2"] as const) {
        for (const [joint, value] of after[field].entries()) assert.ok(Math.abs(value - before[field][joint]!) < 1e-6, field);
      }
      assert.ok(stream.restInS(stopNs) <= 0.4 - stopMs / 1e3 + 1e-9);
      const end = stream.commandedAt(stopNs + secondsToNs(0.4));
      assert.ok(end.velocityRadPerS.every((value) => value === 0));
      for (const use of peakUse(brake, spec.joints)) assert.ok(use.fraction <= 1 + 1e-6, `${use.joint} ${use.quantity} ${use.fraction}`);
    }),
    { numRuns: 200 },
  );
});

test("a stop from full speed is quicker than the segment that it cuts short", () => {
  const { stream, segment } = make();
  stream.accept(segment(0, 0, [0.2, -0.4], 0.4), 0n);
  const brake = stream.stop(100n * MS, "operator");
  assert.ok(segmentDurationS(brake) < 0.15, `${segmentDurationS(brake)} s`);
});

test("a stop amid a motion beyond the limits brakes with no more than the motion asks, and does not follow it to its end", () => {
  const { segment } = make(hastySpec);
  const move = segment(0, 0, [spec.homeRad[0]! + 0.8, spec.homeRad[1]!], 0.4);
  const fraction = Math.max(...peakUse(move, hastySpec.joints).map((use) => use.fraction));
  assert.ok(fraction > 1.2, `the motion is beyond the limits: ${fraction}`);
  for (const stopMs of [20, 60, 100]) {
    const brake = brakeOf(move, stopMs, hastySpec);
    assert.ok(segmentDurationS(brake) < 0.4 - stopMs / 1e3 - 0.05, `${segmentDurationS(brake)} s from ${stopMs} ms on`);
    for (const use of peakUse(brake, hastySpec.joints)) assert.ok(use.fraction <= fraction + 1e-6, `${use.quantity} ${use.fraction}`);
  }
});

test("the commanded state is within 0.004 x the velocity limit from beat to beat, whatever sequence of segments and stops is sent", () => {
  const act = fc.record({
    kind: fc.constant("act" as const),
    to: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
    durationMs: fc.constantFrom(200, 300, 400),
  });
  const stop = fc.constantFrom({ kind: "stop" as const }, { kind: "resume" as const });
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: act }, stop), { maxLength: 12 }), (steps) => {
      const { stream, segment } = make(hastySpec);
      let nowMs = 0;
      let previous = stream.commandAt(0n).positionRad;
      for (const [id, step] of steps.entries()) {
        const nowNs = BigInt(nowMs) * MS;
        if (step.kind === "stop") stream.stop(nowNs, "law");
        else if (step.kind === "resume") stream.resume();
        else {
          const target = stream.commandedAt(nowNs + 8n * MS).positionRad.map((value) => Math.max(-1, Math.min(1, value + step.to)));
          stream.accept(segment(id, nowMs + 8, target, step.durationMs / 1e3), nowNs);
        }
        for (let beat = 0; beat < 40; beat++) {
          nowMs += 4;
          const { positionRad } = stream.commandAt(BigInt(nowMs) * MS);
          for (const [joint, value] of positionRad.entries()) {
            // A law of continuity, not of limits: a replacement in motion may need three times its own mean speed.
            assert.ok(Math.abs(value - previous[joint]!) < 0.004 * boundsOf(spec.joints[joint]!, 1)[1] * 3);
          }
          previous = positionRad;
        }
      }
    }),
    { numRuns: 100 },
  );
});
