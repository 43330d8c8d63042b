/** The replay robot: the Robot contract where a recording allows it, and what it says of segments that were not recorded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { Segment } from "../../../runtime/core/motion.ts";
import { atRest, quinticSegment, sampleSegment } from "../../../runtime/core/segment.ts";
import type { Sample } from "../../../runtime/core/sensing.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import type { Recording } from "../../../runtime/record/reading.ts";
import { recordingFromTicks } from "../../../runtime/record/recording.ts";
import { createReplayRobot, type Mismatch } from "../../../runtime/record/replay-robot.ts";
import { CONTRACT_STEP_RAD, robotContract } from "../../contracts/robot.ts";
import { twoJointSpec } from "../../helpers/kinematic-arm.ts";

const spec = twoJointSpec;
const START_NS = 5_000_000_000n;
const PERIOD_NS = 200_000_000n;

/** Ten decisions, each a little further; a joint reading and a picture at each. The first segment may last longer than its period. */
function record(firstDurationS = 0.2): Recording {
  const samples: Sample[] = [];
  const segments: Segment[] = [];
  let from = atRest(Float64Array.from(spec.homeRad));
  for (let id = 0; id < 10; id++) {
    const startNs = START_NS + BigInt(id) * PERIOD_NS;
    const stamps = { stampNs: startNs, receivedNs: startNs };
    samples.push({ kind: "joints", joints: { positionRad: from.positionRad, velocityRadPerS: from.velocityRadPerS, ...stamps } });
    samples.push({ kind: "frame", frame: { camera: "front", widthPx: 2, heightPx: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, id), ...stamps } });
    const toRad = from.positionRad.map((value, joint) => (joint === 0 ? value + CONTRACT_STEP_RAD : value));
    const segment = quinticSegment({ id, startNs, from, toRad, durationS: id === 0 ? firstDurationS : 0.2 });
    segments.push(segment);
    from = sampleSegment(segment, 0.2);
  }
  return { samples, segments };
}

function make({ strict = false, firstDurationS = 0.2 } = {}) {
  const clock = new ManualClock(1n);
  const robot = createReplayRobot({ spec, recording: record(firstDurationS), clock, periodS: 0.2, strict });
  return { robot, clock };
}

robotContract("replay robot", async () => {
  const { robot, clock } = make({ firstDurationS: 0.4 });
  return { robot, nowNs: () => clock.nowNs(), leadS: 0, pass: () => robot.pass() };
});

test("the recorded segments match, and the recorded samples come with them", async () => {
  const { robot } = make();
  const { segments, samples } = record();
  const mismatches: Mismatch[] = [];
  const seen: Sample[] = [];
  robot.mismatches.subscribe((mismatch) => mismatches.push(mismatch));
  robot.observe(new AbortController().signal).subscribe((sample) => seen.push(sample));
  for (const segment of segments) await robot.act(segment);
  assert.deepEqual(mismatches, []);
  assert.deepEqual(seen, samples);
});

test("a segment that differs is reported, the recorded one is followed, and the next one matches again", async () => {
  const { robot, clock } = make();
  const { segments } = record();
  const mismatches: Mismatch[] = [];
  robot.mismatches.subscribe((mismatch) => mismatches.push(mismatch));
  const from = robot.commandedAt(clock.nowNs());
  await robot.act(quinticSegment({ id: 0, startNs: clock.nowNs(), from, toRad: [0.13, -0.4], durationS: 0.2 }));
  await robot.act(segments[1]!);
  assert.deepEqual(mismatches, [
    { index: 0, segmentId: 0, why: ['knot 1, joint "shoulder": 1.00e-2 rad from the recorded value, must be within 0.000001'] },
  ]);
});

test("a strict replay rejects a segment that differs", async () => {
  const { robot, clock } = make({ strict: true });
  const from = robot.commandedAt(clock.nowNs());
  const other = quinticSegment({ id: 0, startNs: clock.nowNs(), from, toRad: [0.2, -0.4], durationS: 0.2 });
  await assert.rejects(robot.act(other), /segment 0: not as recorded: knot 1, joint "shoulder": 8\.00e-2 rad/);
});

test("after the last recorded segment the robot is lost, and says how long the recording was", async () => {
  const { robot, clock } = make();
  for (const segment of record().segments) await robot.act(segment);
  const from = robot.commandedAt(clock.nowNs());
  const more = quinticSegment({ id: 10, startNs: clock.nowNs(), from, toRad: from.positionRad, durationS: 0.2 });
  await assert.rejects(robot.act(more), /segment 10: the recording ended after 10 segments; stop the run there/);
});

test("ticks make a recording of their joints and segments", () => {
  const { segments } = record();
  const tick = { decision: { stampNs: 9n, jointsRad: Float64Array.of(1, 2), segment: segments[0]! } } as unknown as Tick;
  const stopped = { decision: { stampNs: 10n, jointsRad: Float64Array.of(1, 2), segment: null } } as unknown as Tick;
  const { samples, segments: found } = recordingFromTicks([tick, stopped]);
  assert.deepEqual(found, [segments[0]]);
  assert.deepEqual(
    samples.map((sample) => sample.kind === "joints" && sample.joints.stampNs),
    [9n, 10n],
  );
});

test("a recording of another robot is refused", () => {
  const recording = { samples: [], segments: [] };
  assert.throws(
    () => createReplayRobot({ spec, recording, clock: new ManualClock(), periodS: 0.2 }),
    /recording has no joint reading, robot "two-joint" has 2 joints; choose its own recording/,
  );
});
