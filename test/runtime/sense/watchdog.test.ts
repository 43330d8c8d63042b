import assert from "node:assert/strict";
import test from "node:test";
import { NEVER } from "rxjs";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { observeRobot } from "../../../runtime/sense/sense.ts";
import { atMs, Bench, frame, goodData, options, reading } from "./fixtures.ts";

test("a robot that says nothing at all is reported stream by stream", () => {
  const bench = new Bench();
  bench.clock.advance(500);
  assert.deepEqual(bench.codes, []);
  bench.clock.advance(125);
  assert.deepEqual(bench.messages, [
    "joints: nothing good for 625 ms, at most 500 ms; check that the sensor runs and is connected",
    'camera "front": nothing good for 625 ms, at most 500 ms; check that the sensor runs and is connected',
    'camera "side": nothing good for 625 ms, at most 500 ms; check that the sensor runs and is connected',
    "aligned observations: nothing good for 625 ms, at most 500 ms; check that the pictures and joints of one moment are at most 40 ms apart",
  ]);
  assert.ok(bench.faults.every((fault) => fault.code === "sense.stale"));
});

test("one camera that falls silent is reported, the other streams are not", () => {
  const bench = new Bench().feed(...goodData(0, 1000));
  bench.feed(...goodData(1000, 1700).filter((sample) => sample.kind === "joints" || sample.frame.camera === "front"));
  assert.deepEqual(
    bench.messages.map((message) => message.split(":")[0]),
    ['camera "side"', "aligned observations"],
  );
});

test("a stream whose samples are all bad is stale as well", () => {
  const bench = new Bench();
  for (let ms = 0; ms <= 700; ms += 50) bench.feed(reading(ms, [Number.NaN, 0]), frame("front", ms), frame("side", ms));
  assert.deepEqual(
    bench.messages.map((message) => message.split(":")[0]),
    ['joint "shoulder"', "joints", "aligned observations"],
  );
});

test("pictures and joints that never belong together leave the observations stale, with the remedy", () => {
  const bench = new Bench();
  for (let ms = 0; ms <= 700; ms += 50) {
    bench.feed(reading(ms), frame("front", ms), frame("side", ms + 10_000, ms, { receivedNs: atMs(ms) }));
  }
  assert.equal(bench.observations.length, 0);
  assert.equal(bench.messages.length, 1);
  assert.match(bench.messages[0]!, /^aligned observations: nothing good for \d+ ms, at most 500 ms; check that the pictures and joints/);
});

test("silence is reported again after the repeat time, and no more once the stream is back", () => {
  const bench = new Bench({ cameras: [] });
  bench.clock.advance(2000);
  assert.equal(bench.faults.filter((fault) => fault.message.startsWith("joints")).length, 2);
  const before = bench.faults.length;
  for (let ms = 2000; ms < 4000; ms += 10) bench.feed(reading(ms));
  assert.equal(bench.faults.length, before);
});

test("a sample that waited too long on its way is dropped as stale", () => {
  const bench = new Bench({ cameras: [], repeatMs: 0 });
  bench.feed(reading(0), reading(690));
  bench.clock.advanceTo(atMs(1200));
  bench.samples.next(reading(700));
  assert.equal(bench.observations.length, 3, "500 ms is allowed");
  bench.samples.next(reading(699.9));
  assert.equal(bench.observations.length, 3);
  assert.equal(bench.messages.at(-1), "joints: sample received 500.1 ms ago, at most 500 ms; check the load of this computer");
});

test("the timer ends with the last subscription and with the source", () => {
  const clock = new ManualClock();
  let faults = 0;
  const subscription = observeRobot(NEVER, options, clock).faults.subscribe(() => faults++);
  clock.advance(700);
  assert.equal(faults, 4);
  subscription.unsubscribe();
  clock.advance(7000);
  assert.equal(faults, 4);
  const bench = new Bench();
  bench.samples.complete();
  bench.clock.advance(7000);
  assert.deepEqual(bench.codes, []);
  assert.deepEqual(bench.ends.sort(), ["faults", "observations"]);
});
