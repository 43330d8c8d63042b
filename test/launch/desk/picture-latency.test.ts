/** How old pictures are is found from the arm's own motion, and not made up where the motion is not seen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyOf } from "../../../launch/desk/picture-latency.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Frame, JointState } from "../../../runtime/core/sensing.ts";

const MS = 1_000_000n;
/** To and fro, with pauses. */
const angleAt = (ms: number): number => (ms % 4000 < 2000 ? 0.06 * Math.sin((ms / 1000) * Math.PI) ** 2 : 0);
const felt: JointState[] = Array.from({ length: 1000 }, (_, index) => ({
  positionRad: Float64Array.of(angleAt(index * 10)),
  velocityRadPerS: Float64Array.of(0),
  stampNs: BigInt(index * 10) * MS,
  receivedNs: BigInt(index * 10) * MS,
}));

function frames(latencyMs: number, sees: boolean): Frame[] {
  const rng = createRng(3);
  return Array.from({ length: 180 }, (_, index) => {
    const receivedMs = 500 + index * 50;
    const shade = sees ? 100 + 1500 * angleAt(receivedMs - latencyMs) : 100;
    const rgb = Uint8Array.from({ length: 48 }, () => shade + 2 * rng.uniform());
    return { camera: "front", widthPx: 4, heightPx: 4, rgb, stampNs: BigInt(receivedMs) * MS, receivedNs: BigInt(receivedMs) * MS };
  });
}

test("pictures that come so late are found to be so old, within 15 ms", () => {
  for (const latencyMs of [20, 80, 150, 300]) {
    const found = latencyOf(frames(latencyMs, true), felt);
    assert.ok(found !== null && Math.abs(found - latencyMs) <= 15, `${latencyMs} ms: found ${found}`);
  }
});

test("where the camera sees nothing of the arm, or sent almost nothing, its age is not known", () => {
  assert.equal(latencyOf(frames(80, false), felt), null);
  assert.equal(latencyOf(frames(80, true).slice(0, 20), felt), null);
});
