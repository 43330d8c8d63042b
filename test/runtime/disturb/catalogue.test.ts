/** Tests for catalogue.ts and disturbance.ts: faults as users write them, and faults that come together. What each does to a running agent is in test/faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "../../../runtime/core/sensing.ts";
import { disturbanceOf, FAULTS, readFault } from "../../../runtime/disturb/catalogue.ts";

const there = { cameras: ["front", "side"], joints: ["shoulder", "elbow"] };
const frame = (camera: string): Sample => ({
  kind: "frame",
  frame: { camera, widthPx: 2, heightPx: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6), stampNs: 5_000_000_000n, receivedNs: 5_000_000_000n },
});
const cameraOf = (sample: Sample | undefined): string | null => (sample?.kind === "frame" ? sample.frame.camera : null);

test("a fault on the command line has a name, what it is of, how much, when and for how long", () => {
  assert.deepEqual(readFault("camera-frozen:front@5+3"), { fault: "camera-frozen", of: "front", fromS: 5, forS: 3 });
  assert.deepEqual(readFault("clock-forward=500@2.5"), { fault: "clock-forward", by: 500, fromS: 2.5 });
  for (const wrong of [
    "camera-frozen",
    "camera-frozen@",
    "@5",
    "camera-frozen@5+0",
    "camera-frozen@-1",
    "clock-forward=much@2",
    "rm -rf@1",
  ])
    assert.throws(() => readFault(wrong), { code: "launch.invalid", message: /write NAME\[:OF\]\[=BY\]@FROM\[\+FOR\]/ }, wrong);
});

test("a camera or joint that there is not is refused with those there are", () => {
  assert.throws(() => disturbanceOf([{ fault: "camera-silent", of: "top", fromS: 1 }], there), {
    message: /no camera "top"; use one of front, side/,
  });
  assert.throws(() => disturbanceOf([{ fault: "joints-nan", of: "wrist", fromS: 1 }], there), {
    message: /no joint "wrist"; use one of shoulder/,
  });
});

test("outside its time a fault changes nothing, whatever it is", () => {
  const { samples, segments, clock, disk } = disturbanceOf(
    Object.keys(FAULTS).map((fault) => ({ fault, fromS: 10, forS: 5 })),
    there,
  );
  const segment = { id: 1, startNs: 0n, knots: [] };
  for (const atS of [0, 9.99, 15, 100]) {
    const sample = frame("front");
    assert.deepEqual(samples(sample, atS), [sample]);
    assert.equal(segments(segment, atS), segment);
    assert.equal(clock(7n, atS), 7n);
    disk(atS);
  }
});

test("faults compose: each acts on what the ones before it left", () => {
  const { samples } = disturbanceOf(
    [
      { fault: "cameras-exchanged", fromS: 0 },
      { fault: "camera-silent", of: "side", fromS: 0 },
    ],
    there,
  );
  assert.deepEqual(samples(frame("front"), 1), [], "what came from front is called side, and side is silent");
  assert.equal(cameraOf(samples(frame("side"), 1)[0]), "front");
});

test("every fault says in a sentence what it is, and in which unit its amount is", () => {
  for (const [name, { about, by }] of Object.entries(FAULTS)) {
    assert.match(name, /^[a-z]+(-[a-z]+)+$/);
    assert.match(about, /^[A-Z].+[^.]$/, name);
    if (by) assert.ok(by.unit.length > 0 && Number.isFinite(by.usually), name);
  }
});
