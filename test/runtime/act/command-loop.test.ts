/** The stream's own time: it goes on with what is sent, so that no silence, however long and however often, makes a command leap. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { refusalOf } from "../../../runtime/act/admission.ts";
import { BEAT_NS, BEAT_S, BEATS_LEFT_OUT_MAX, createCommandLoop } from "../../../runtime/act/command-loop.ts";
import type { Takes } from "../../../runtime/act/driver.ts";
import { createStream } from "../../../runtime/act/stream.ts";
import { nsToSeconds, secondsToNs } from "../../../runtime/core/clock.ts";
import type { AgentError } from "../../../runtime/core/errors.ts";
import type { JointCommand, Segment } from "../../../runtime/core/motion.ts";
import { peakUse, quinticSegment, sampleSegment } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { hastySpec, twoJointSpec as spec } from "../../helpers/kinematic-arm.ts";

const MS = 1_000_000n;
const START_NS = 1_000_000_000n;

/** A stream that is sent, at 1 s, one beat after the first command. */
function make(takes: Takes = "set-points", of = spec) {
  const overrides: Segment[] = [];
  const faults: AgentError[] = [];
  const events: string[] = [];
  const stream = createStream({
    spec: of,
    initialRad: spec.homeRad,
    startNs: START_NS - BEAT_NS,
    onEvent: ({ segmentId, kind }) => void events.push(`${segmentId} ${kind}`),
  });
  const onOverride = (segment: Segment): void => void overrides.push(segment);
  const onFault = (error: AgentError): void => void faults.push(error);
  const loop = createCommandLoop({
    spec: of,
    stream,
    lastGuard,
    takes,
    initialRad: spec.homeRad,
    startNs: START_NS - BEAT_NS,
    onOverride,
    onFault,
  });
  const under = {
    stream,
    loop,
    overrides,
    faults,
    events,
    nowNs: START_NS,
    /** Beats so many times, the first at once after `lateMs` of silence. */
    beat(count: number, lateMs = 0): JointCommand[] {
      under.nowNs += BigInt(lateMs) * MS;
      return Array.from({ length: count }, () => {
        under.nowNs += BEAT_NS;
        return loop.beat(under.nowNs);
      });
    },
    move(id: number, byRad: number, durationS = 0.4, leadMs = 0) {
      const startNs = under.nowNs + BigInt(leadMs) * MS;
      const from = stream.commandedAt(startNs);
      const toRad = from.positionRad.map((value) => value + byRad);
      return loop.accept(quinticSegment({ id, startNs, from, toRad, durationS }), under.nowNs);
    },
  };
  return under;
}

const stepRad = (a: JointCommand, b: JointCommand): number =>
  Math.max(...a.positionRad.map((value, joint) => Math.abs(value - b.positionRad[joint]!)));
const BEAT_RAD_MAX = spec.joints[0]!.velocityMaxRadPerS * BEAT_S * (1 + 1e-6);
const isStill = (command: JointCommand): boolean =>
  [...command.velocityRadPerS, ...command.accelerationRadPerS2].every((value) => value === 0);

test("after a long silence the first command is the one last sent, the following ones brake from it, and it is told once as robot.stalled", () => {
  const under = make();
  under.move(0, 0.3);
  const before = under.beat(40).at(-1)!;
  assert.ok(before.velocityRadPerS[0]! > 1);
  const after = under.beat(110, 200);
  assert.deepEqual(after[0], before);
  for (const [index, command] of after.slice(1).entries()) assert.ok(stepRad(command, after[index]!) <= BEAT_RAD_MAX);
  assert.ok(isStill(after[99]!), "at rest within 0.4 s of the first command");
  assert.deepEqual(
    under.faults.map(({ code, message }) => [code, message]),
    [
      [
        "robot.stalled",
        "command stream: 200 ms late, at most 40 ms, since its process was kept from running; the arm brakes from the command last sent; give the process more of the machine",
      ],
    ],
  );
  assert.deepEqual(under.events, ["0 started", "0 aborted"]);
});

test("a few beats left out are no fault: the arm waits for so long, goes on where it was, and is in time again before the motion ends", () => {
  const under = make();
  under.move(0, 0.2);
  const before = under.beat(20).at(-1)!;
  const first = under.beat(1, 20)[0]!;
  assert.ok(stepRad(first, before) < stepRad(under.stream.commandedAt(under.nowNs), before) / 4, "one beat, not six");
  under.beat(50);
  assert.deepEqual(under.loop.sent, under.stream.commandedAt(under.nowNs));
  under.beat(40);
  assert.deepEqual(under.overrides, []);
  assert.deepEqual(under.events, ["0 started", "0 completed"]);
});

test("at a joint's speed limit nothing is caught up: the stream stays behind and the last guard has nothing to object to", () => {
  const under = make("set-points", hastySpec);
  const limit = spec.joints[0]!.velocityMaxRadPerS;
  under.move(0, (limit * 0.3) / 1.875, 0.3); // The peak of a quintic from rest to rest is 15/8 of its mean.
  under.beat(36);
  const commands = under.beat(60, 8);
  for (const [index, command] of commands.slice(1).entries()) assert.ok(stepRad(command, commands[index]!) <= BEAT_RAD_MAX);
  assert.deepEqual(under.overrides, []);
});

test("many short silences that add up faster than they are caught up are one long one", () => {
  const under = make();
  under.move(0, 0.3);
  under.beat(20);
  for (let pause = 0; pause < 5 && under.faults.length === 0; pause++) under.beat(1, 12);
  assert.equal(under.faults[0]?.code, "robot.stalled");
  assert.match(under.faults[0].message, /^command stream: 4\d ms late, at most 40 ms/);
});

test("a silence while the arm rests and nothing is to begin harms nobody and is not told", () => {
  const under = make();
  under.beat(10);
  under.beat(1, 5000);
  assert.equal(under.move(0, 0.1).kind, "accepted");
  under.beat(120);
  assert.deepEqual(under.overrides, []);
  assert.deepEqual(under.events, ["0 started", "0 completed"]);
});

test("a segment that was to begin during the silence is not begun in its middle: it is told as aborted and the arm stays", () => {
  const under = make();
  under.beat(10);
  under.move(0, 0.3, 0.4, 40);
  const [first] = under.beat(60, 200);
  assert.deepEqual(first!.positionRad, Float64Array.from(spec.homeRad));
  assert.deepEqual(under.loop.sent.positionRad, Float64Array.from(spec.homeRad));
  assert.deepEqual(under.events, ["0 aborted"]);
  assert.equal(under.faults[0]?.code, "robot.stalled");
});

test("a segment that waits is dropped with the motion it was to replace", () => {
  const under = make("set-points", hastySpec);
  under.move(0, 0.3);
  under.beat(30);
  under.move(1, -0.1, 0.4, 100);
  under.beat(1, 60);
  assert.deepEqual(under.events, ["0 started", "0 aborted", "1 aborted"]);
  under.beat(110);
  assert.ok(isStill(under.loop.sent));
});

test("a silence while braking brakes again from the command last sent, and segments stay rejected", () => {
  const under = make();
  under.move(0, 0.3);
  under.beat(50);
  under.loop.stop(under.nowNs, "operator");
  const before = under.beat(8).at(-1)!;
  assert.ok(!isStill(before));
  const after = under.beat(110, 300);
  assert.deepEqual(after[0], before);
  for (const [index, command] of after.slice(1).entries()) assert.ok(stepRad(command, after[index]!) <= BEAT_RAD_MAX);
  assert.ok(isStill(under.loop.sent));
  const refused = under.move(1, 0.1);
  assert.equal(refused.kind === "rejected" && refused.reason, "stopped");
});

test("a stop that is the first thing after a silence brakes from the command last sent", () => {
  const under = make();
  under.move(0, 0.3);
  const before = under.beat(40).at(-1)!;
  under.nowNs += 200n * MS;
  const brake = under.loop.stop(under.nowNs, "operator");
  assert.deepEqual(sampleSegment(brake, 0).positionRad, before.positionRad);
  assert.ok(stepRad(under.beat(1)[0]!, before) <= BEAT_RAD_MAX);
});

test("a segment that was planned before the arm braked by itself is refused as such, and one from where it brakes is taken", () => {
  const under = make();
  under.move(0, 0.3);
  under.beat(40);
  const startNs = under.nowNs + 260n * MS;
  const planned = quinticSegment({ id: 1, startNs, from: under.stream.commandedAt(startNs), toRad: spec.homeRad, durationS: 0.4 });
  under.nowNs += 200n * MS;
  const admission = under.loop.accept(planned, under.nowNs);
  assert.ok(admission.kind === "rejected");
  const refusal = refusalOf(admission);
  assert.equal(refusal.code, "robot.stalled");
  assert.match(refusal.message, /^segment 1: planned before the arm braked: command stream: 196 ms late/);
  assert.equal(under.move(2, -0.1, 0.4, 40).kind, "accepted");
  under.beat(120);
  assert.equal(under.faults.length, 1);
  assert.ok(isStill(under.loop.sent));
});

test("an arm that takes motions has gone on along the last one it was given: it brakes from there, and what was to replace it is dropped", () => {
  const under = make("motions", hastySpec);
  under.move(0, 0.3);
  under.beat(30);
  under.move(1, -0.2, 0.4, 40);
  const running = under.stream.segmentAt(under.nowNs);
  const [first] = under.beat(1, 120);
  const along = sampleSegment(running, nsToSeconds(under.nowNs - running.startNs));
  assert.deepEqual(first!.positionRad, along.positionRad);
  assert.equal(under.faults[0]?.code, "robot.stalled");
  assert.deepEqual(sampleSegment(under.overrides[0]!, 0).positionRad, along.positionRad);
  assert.deepEqual(under.events, ["0 started", "0 aborted", "1 aborted"]);
});

test("an arm that takes motions is in time after a few beats left out, whatever its speed", () => {
  const under = make("motions", hastySpec);
  under.move(0, (spec.joints[0]!.velocityMaxRadPerS * 0.3) / 1.875, 0.3);
  under.beat(36);
  under.beat(1, 16);
  assert.deepEqual(under.loop.sent, under.stream.commandedAt(under.nowNs));
  assert.deepEqual(under.overrides, []);
});

test("no pattern of silences, segments and stops makes a command further from the one before than one beat allows, and all end at rest", () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("beat" as const), count: fc.integer({ min: 1, max: 30 }), lateMs: fc.constant(0) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("beat" as const), count: fc.constant(1), lateMs: fc.integer({ min: 1, max: 600 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("beat" as const), count: fc.constant(1), lateMs: fc.integer({ min: 1, max: 40 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("move" as const),
        byRad: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        leadMs: fc.integer({ min: 0, max: 100 }),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom({ kind: "stop" as const }, { kind: "resume" as const }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const under = make();
      let before = under.loop.sent;
      const watch = (commands: readonly JointCommand[]): void => {
        for (const command of commands) {
          assert.ok(stepRad(command, before) <= BEAT_RAD_MAX, `${stepRad(command, before)} rad in one beat`);
          before = command;
        }
      };
      for (const [id, each] of steps.entries()) {
        if (each.kind === "beat") watch(under.beat(each.count, each.lateMs));
        else if (each.kind === "stop") under.loop.stop(under.nowNs, "law");
        else if (each.kind === "resume") under.stream.resume();
        else {
          const startNs = under.nowNs + BigInt(each.leadMs) * MS;
          const from = under.stream.commandedAt(startNs);
          const segment = quinticSegment({ id, startNs, from, toRad: from.positionRad.map((value) => value + each.byRad), durationS: 0.4 });
          if (peakUse(segment, spec.joints).every(({ fraction }) => fraction <= 1)) under.loop.accept(segment, under.nowNs);
        }
      }
      // One that waits, its own 0.4 s, and as many beats as may have been left out.
      watch(under.beat(Math.ceil(0.5 / BEAT_S) + 2 * Number(BEATS_LEFT_OUT_MAX["set-points"])));
      assert.ok(isStill(before));
      assert.equal(under.loop.restInS(under.nowNs), 0);
      for (const { code } of under.faults) assert.equal(code, "robot.stalled");
    }),
    { numRuns: 300 },
  );
});

test("a stop is at rest within 0.4 s of the clock though the stream was behind", () => {
  const under = make();
  under.move(0, 0.3);
  under.beat(30);
  under.beat(1, 16);
  under.loop.stop(under.nowNs, "operator");
  const stoppedNs = under.nowNs;
  while (under.loop.restInS(under.nowNs) > 0) under.beat(1);
  assert.ok(under.nowNs - stoppedNs <= secondsToNs(0.4));
  assert.ok(isStill(under.beat(1)[0]!));
});
