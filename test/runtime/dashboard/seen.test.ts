import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "../../../runtime/core/sensing.ts";
import { createSeen } from "../../../runtime/dashboard/seen.ts";

const frame = (shade: number, widthPx = 2): Frame => ({
  ...{ camera: "front", widthPx, heightPx: 1, rgb: new Uint8Array(3 * widthPx).fill(shade), stampNs: BigInt(shade), receivedNs: 0n },
});
const latent = (...values: number[]) => Float32Array.from(values);
const stampOf = (found: ReturnType<ReturnType<typeof createSeen>["nearest"]>) => found?.sight.pictures[0]?.stampNs;

test("the nearest sight is found, with its distance as a root mean square", () => {
  const seen = createSeen();
  assert.equal(seen.nearest(latent(0, 0)), null, "before anything was seen");
  seen.add(latent(0, 0), [frame(1)], "run");
  seen.add(latent(1, 1), [frame(2)], "model");
  const found = seen.nearest(latent(0.9, 0.7));
  assert.equal(stampOf(found), "2");
  assert.ok(Math.abs(found!.apart - Math.sqrt((0.1 ** 2 + 0.3 ** 2) / 2)) < 1e-6);
  assert.equal(found!.sight.from, "model");
});

test("by the first entries alone what is felt does not count", () => {
  const seen = createSeen();
  seen.add(latent(0, 5), [frame(1)], "run");
  seen.add(latent(1, 0), [frame(2)], "run");
  assert.equal(stampOf(seen.nearest(latent(0.1, 0))), "2");
  assert.equal(stampOf(seen.nearest(latent(0.1, 0), 1)), "1");
});

test("the same sight is kept once, of a run the newest 256 stay, and those of the model always", () => {
  const seen = createSeen();
  seen.add(latent(-1), [frame(0)], "model");
  for (let i = 0; i < 300; i++) {
    seen.add(latent(i), [frame(i % 256)], "run");
    seen.add(latent(i + 0.01), [frame(i % 256)], "run");
  }
  assert.equal(seen.count, 257);
  assert.equal(seen.nearest(latent(-1))!.apart, 0);
  assert.ok(seen.nearest(latent(10))!.apart > 10, "the oldest of the run are gone");
});

test("pictures are kept small, and a latent of another model is never compared", () => {
  const seen = createSeen();
  seen.add(latent(0, 0), [frame(1, 640)], "run");
  assert.ok(seen.nearest(latent(0, 0))!.sight.pictures[0]!.widthPx <= 96);
  assert.equal(seen.nearest(latent(0)), null);
});
