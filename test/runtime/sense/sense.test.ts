import assert from "node:assert/strict";
import test from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Sample } from "../../../runtime/core/sensing.ts";
import { atMs, Bench, frame, goodData, reading, stampMs } from "./fixtures.ts";

test("good data makes an observation for every set of pictures and no fault", () => {
  const bench = new Bench().feed(...goodData(0, 5000));
  assert.deepEqual(bench.messages, []);
  assert.deepEqual(
    bench.observations.map(stampMs),
    Array.from({ length: 100 }, (_, i) => i * 50),
  );
});

test("a bad sample is dropped and reported, and the stream goes on", () => {
  const bench = new Bench().feed(...goodData(0, 100), reading(100, [Number.NaN, 0]), ...goodData(150, 250));
  assert.deepEqual(bench.codes, ["sense.not-finite"]);
  assert.deepEqual(bench.observations.map(stampMs), [0, 50, 150, 200]);
  assert.ok(bench.observations.every((observation) => Number.isFinite(observation.joints.positionRad[0])));
  assert.deepEqual(bench.ends, []);
});

test("joints that are not finite are named with their values", () => {
  const bench = new Bench().feed(reading(0, [0, Number.POSITIVE_INFINITY]));
  bench.feed(reading(2000, [0, 0], { velocityRadPerS: Float64Array.of(Number.NaN, 0) }));
  assert.equal(bench.messages[0], 'joint "elbow": position Infinity rad, velocity 0 rad/s, must be finite; check the encoder');
  assert.ok(bench.messages.includes('joint "shoulder": position 0 rad, velocity NaN rad/s, must be finite; check the encoder'));
});

test("a wrong joint count and a wrong picture size are reported with both sizes", () => {
  const bench = new Bench().feed(
    reading(0, [0, 0, 0]),
    frame("front", 0, 1, { widthPx: 8 }),
    frame("side", 0, 1, { rgb: new Uint8Array(23) }),
  );
  assert.deepEqual(bench.codes, ["sense.wrong-size", "sense.wrong-size", "sense.wrong-size"]);
  assert.deepEqual(bench.messages, [
    "joints: 3 positions and 2 velocities, must be 2 each; check that the driver is for this robot",
    'camera "front": picture is 8 x 2 px in 24 bytes, must be 4 x 2 px in 24 bytes; set the camera to the model\'s size',
    'camera "side": picture is 4 x 2 px in 23 bytes, must be 4 x 2 px in 24 bytes; set the camera to the model\'s size',
  ]);
});

test("a joint outside its limits is reported beyond the tolerance and not within it", () => {
  const bench = new Bench().feed(reading(0, [-1.019, 2.019]));
  assert.deepEqual(bench.codes, []);
  bench.feed(reading(10, [-1.03, 2]));
  assert.deepEqual(bench.messages, [
    'joint "shoulder": position -1.030 rad is outside [-1, 2] rad by more than 0.02 rad; move the arm back or check the encoder\'s zero',
  ]);
});

test("a joint that jumps further than it can move is reported; one that moves at its limit is not", () => {
  const fast = Array.from({ length: 40 }, (_, i) => reading(i * 10, [i * 0.02, 0]));
  const bench = new Bench().feed(...fast);
  assert.deepEqual(bench.codes, [], "2 rad/s is the joint's limit");
  bench.feed(reading(400, [0.78, 0.5]));
  assert.deepEqual(bench.messages, ['joint "elbow": moved 0.5000 rad in 10.0 ms, at most 0.0400 rad; check the encoder and its cable']);
});

test("a joint that jumped and stays there is believed once it could have moved so far", () => {
  const bench = new Bench({ cameras: [] }).feed(reading(0));
  for (let ms = 10; ms <= 400; ms += 10) bench.feed(reading(ms, [0.5, 0]));
  const believedMs = stampMs(bench.observations[1]!);
  assert.equal(believedMs, 170, "(0.5 rad - 0.01 rad) / (1.5 x 2 rad/s) = 163 ms");
  assert.deepEqual(bench.codes, ["sense.jump"]);
});

test("stamps that repeat or go back are dropped and reported", () => {
  const bench = new Bench({ cameras: [] }).feed(reading(0), reading(10));
  bench.feed(reading(10, [0.001, 0]), reading(4));
  assert.deepEqual(bench.messages, [
    "joints: source stamp 10000000 ns came twice; sample dropped, check the source's clock",
    "joints: source stamp 4000000 ns is 6.000 ms behind the one before; sample dropped, check the source's clock",
  ]);
  assert.deepEqual(bench.observations.map(stampMs), [0, 10]);
});

test("stamps are judged camera by camera", () => {
  const bench = new Bench().feed(reading(0), frame("front", 10), frame("side", 5), frame("front", 10), frame("side", 4));
  assert.deepEqual(bench.codes, ["sense.duplicate-stamp", "sense.backward-stamp"]);
  assert.match(bench.messages[0]!, /^camera "front": /);
  assert.match(bench.messages[1]!, /^camera "side": /);
});

test("a source whose clock starts anew is believed after ten stamps in order", () => {
  const bench = new Bench({ cameras: [] }).feed(reading(9000, [0, 0], { receivedNs: atMs(1) }));
  for (let i = 0; i < 20; i++) bench.feed(reading(i * 10, [0, 0], { receivedNs: atMs(10 + i * 10) }));
  assert.deepEqual(bench.observations.map(stampMs), [9000, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190]);
  assert.deepEqual(bench.codes, ["sense.backward-stamp"]);
});

test("a single stamp far in the future does not deafen the stream for ever", () => {
  const bench = new Bench({ cameras: [] }).feed(reading(0), reading(3_600_000, [0, 0], { receivedNs: atMs(5) }));
  for (let ms = 10; ms < 300; ms += 10) bench.feed(reading(ms));
  assert.equal(stampMs(bench.observations.at(-1)!), 290);
});

test("a camera that repeats one picture while the arm moves is reported, and its picture is no longer used", () => {
  const bench = new Bench();
  for (let ms = 0; ms < 500; ms += 50) bench.feed(reading(ms, [ms * 0.001, 0]), frame("front", ms, 7), frame("side", ms));
  assert.deepEqual(bench.messages, [
    'camera "front": 5 identical pictures in a row while the joints moved 0.200 rad, at most 4; check the camera',
  ]);
  assert.deepEqual(bench.observations.map(stampMs), [0, 50, 100, 150]);
});

test("pictures that come late are held against where the arm was when they were taken", () => {
  const bench = new Bench();
  const LATE_MS = 150;
  const late = (camera: string, ms: number): Sample => {
    const takenMs = ms - LATE_MS;
    return frame(camera, takenMs, takenMs <= 400 ? 7 : takenMs, { receivedNs: atMs(ms) });
  };
  const restingUntilMs = 400;
  for (let ms = LATE_MS; ms < 1000; ms += 50)
    bench.feed(reading(ms, [Math.max(0, ms - restingUntilMs) * 0.001, 0]), late("front", ms), late("side", ms));
  assert.deepEqual(bench.codes, []);
});

test("a camera that shows a still scene is not reported, unless a count is set for that too", () => {
  const feedStill = (bench: Bench): Bench => {
    for (let ms = 0; ms < 500; ms += 50) bench.feed(reading(ms, [0, 0]), frame("front", ms, 7), frame("side", ms, 9));
    return bench;
  };
  assert.deepEqual(feedStill(new Bench()).codes, []);
  const strict = feedStill(new Bench({ frozen: { movingCount: 5, minMovedRad: 0.05, stillCount: 8 } }));
  assert.deepEqual(strict.messages, [
    'camera "front": 8 identical pictures in a row while the joints moved 0.000 rad, at most 7; check the camera',
    'camera "side": 8 identical pictures in a row while the joints moved 0.000 rad, at most 7; check the camera',
  ]);
});

test("a camera that moves on after identical pictures is good again", () => {
  const bench = new Bench();
  for (let ms = 0; ms < 400; ms += 50) {
    const shade = ms < 300 ? 7 : ms / 50;
    bench.feed(reading(ms, [ms * 0.001, 0]), frame("front", ms, shade), frame("side", ms));
  }
  assert.deepEqual(bench.observations.map(stampMs), [0, 50, 100, 150, 300, 350]);
});

test("a robot whose sensors fail is a last fault with its cause, and both streams end", () => {
  const typed = new Bench();
  typed.samples.error(new AgentError("robot.lost", "arm: no answer for 2 s; check the cable"));
  assert.deepEqual(typed.messages, ["arm: no answer for 2 s; check the cable"]);
  assert.deepEqual(typed.ends.sort(), ["faults", "observations"]);
  const untyped = new Bench();
  const cause = new Error("socket closed");
  untyped.samples.error(cause);
  assert.deepEqual(untyped.codes, ["robot.lost"]);
  assert.equal(untyped.faults[0]!.cause, cause);
});

test("the same fault of the same stream is reported once in a second, others at once", () => {
  const bench = new Bench({ maxAgeMs: 100_000 });
  for (let ms = 0; ms <= 2500; ms += 10) bench.feed(reading(ms, [Number.NaN, 0]), reading(ms, [5, 0]));
  assert.deepEqual(bench.codes, [
    "sense.not-finite",
    "sense.out-of-range",
    "sense.not-finite",
    "sense.out-of-range",
    "sense.not-finite",
    "sense.out-of-range",
  ]);
});

test("an arm that came to rest while its joints were silent is not taken for a frozen camera afterwards", () => {
  const bench = new Bench();
  bench.feed(reading(0), frame("front", 5, 9));
  for (let ms = 50; ms <= 950; ms += 50) bench.feed(frame("front", ms, 9));
  for (let ms = 1000; ms <= 1500; ms += 50) bench.feed(reading(ms, [0.3, 0.2]), frame("front", ms + 5, 9));
  assert.deepEqual(
    bench.faults.filter(({ code }) => code === "sense.frozen-frame"),
    [],
  );
});
