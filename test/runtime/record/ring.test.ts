/** The ring keeps the newest seconds and never more than its bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chunk } from "../../../runtime/record/mcap/chunk.ts";
import { createRing } from "../../../runtime/record/ring.ts";

const S = 1_000_000_000n;
/** Of one second. */
const chunkAt = (second: bigint, bytes = 10): Chunk => ({
  chunk: {
    ...{ messageStartTime: second * S, messageEndTime: (second + 1n) * S, uncompressedSize: 0n, uncompressedCrc: 0, compression: "" },
    records: new Uint8Array(bytes),
  },
  ...{ indexes: [], messages: 1 },
});
const startsOf = (ring: ReturnType<typeof createRing>) => ring.chunks().map(({ chunk }) => Number(chunk.messageStartTime / S));

test("what is older than the span goes, and the span is always covered", () => {
  const ring = createRing(3);
  assert.equal(ring.coveredS(), 0);
  for (let second = 0n; second < 10n; second++) ring.push(chunkAt(second));
  assert.deepEqual(startsOf(ring), [6, 7, 8, 9]);
  assert.equal(ring.coveredS(), 4);
});

test("however much comes in the span, no more bytes are kept, and the newest chunk always is", () => {
  const ring = createRing(1000, 35);
  for (let second = 0n; second < 10n; second++) ring.push(chunkAt(second));
  assert.deepEqual(startsOf(ring), [7, 8, 9]);
  ring.push(chunkAt(10n, 100));
  assert.deepEqual(startsOf(ring), [10]);
});
