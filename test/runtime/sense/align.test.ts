import assert from "node:assert/strict";
import test from "node:test";
import { Subject } from "rxjs";
import type { Observation, Sample } from "../../../runtime/core/sensing.ts";
import { align, createAligner } from "../../../runtime/sense/align.ts";
import { jointHistoryCountMax } from "../../../runtime/sense/joint-history.ts";
import { atMs, frame, reading, stampMs } from "./fixtures.ts";

function alignAll(samples: readonly Sample[], cameras = ["front", "side"], maxSkewMs = 20): readonly Observation[] {
  const source = new Subject<Sample>();
  const seen: Observation[] = [];
  source.pipe(align({ cameras, maxSkewMs })).subscribe((observation) => seen.push(observation));
  for (const sample of samples) source.next(sample);
  return seen;
}

test("an observation has one picture per camera in the model's order and the joints nearest in source time", () => {
  const [observation, ...others] = alignAll([
    reading(90, [0.9, 0]),
    reading(100, [1, 0]),
    reading(110, [1.1, 0]),
    frame("side", 101),
    frame("front", 102),
  ]);
  assert.equal(others.length, 0);
  assert.deepEqual(
    observation!.frames.map((picture) => picture.camera),
    ["front", "side"],
  );
  assert.equal(observation!.joints.positionRad[0], 1);
  assert.equal(observation!.stampNs, atMs(101), "the stamp is that of the oldest picture");
});

test("an observation is as old as its oldest part", () => {
  const late = { receivedNs: atMs(190) };
  const [observation] = alignAll([reading(100), frame("front", 100, 1, late), frame("side", 100, 1, { receivedNs: atMs(180) })]);
  assert.equal(observation!.receivedNs, atMs(100));
});

test("every observation needs a new picture of every camera", () => {
  const seen = alignAll([reading(100), frame("front", 100), frame("side", 100), frame("front", 110), reading(110), frame("side", 112)]);
  assert.deepEqual(seen.map(stampMs), [100, 110]);
});

test("only the newest picture of each camera is kept while the others are awaited", () => {
  const seen = alignAll([reading(100), frame("front", 90), frame("front", 95), frame("front", 104), frame("side", 104)]);
  assert.deepEqual(seen.map(stampMs), [104]);
});

test("pictures or joints further apart in source time than allowed are not paired", () => {
  assert.equal(alignAll([reading(100), frame("front", 100), frame("side", 121)]).length, 0);
  assert.equal(alignAll([reading(79), frame("front", 100), frame("side", 100)]).length, 0);
  const seen = alignAll([reading(79), frame("front", 100), frame("side", 100), reading(110)]);
  assert.deepEqual(seen.map(stampMs), [100], "joints that arrive after the pictures complete the observation");
});

test("pictures of cameras that the model does not know change nothing", () => {
  assert.equal(alignAll([reading(100), frame("front", 100), frame("top", 100)]).length, 0);
});

test("without cameras every joint reading is an observation", () => {
  assert.deepEqual(alignAll([reading(100), reading(110)], []).map(stampMs), [100, 110]);
});

test("a source whose clock starts anew is paired again", () => {
  const seen = alignAll([reading(9000), frame("front", 9000), frame("side", 9000), reading(5), frame("front", 5), frame("side", 5)]);
  assert.deepEqual(seen.map(stampMs), [9000, 5]);
});

test("the joint history is bounded: joints older than it are forgotten", () => {
  const readings = Array.from({ length: jointHistoryCountMax + 1 }, (_, i) => reading(100 + i));
  const cameraless = createAligner({ cameras: ["front"], maxSkewMs: 0 });
  for (const sample of readings) cameraless(sample);
  assert.equal(cameraless(frame("front", 100)), null);
  assert.notEqual(cameraless(frame("front", 101)), null);
});
