/** Frames of the bus: their bytes, and that no rubbish on the wire hides a whole frame behind it for longer than its own length. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  createFrameReader,
  type Frame,
  INSTRUCTION,
  instructionFrame,
  statusFrame,
  syncReadFrame,
  syncWriteFrame,
} from "../../../../runtime/bridge/feetech/frames.ts";

function read(chunks: readonly Uint8Array[]): { readonly frames: readonly Frame[]; readonly malformed: number } {
  const frames: Frame[] = [];
  let malformed = 0;
  const reader = createFrameReader({ onFrame: (frame) => frames.push(frame), onMalformed: () => malformed++, lengthMax: 40 });
  for (const chunk of chunks) reader.take(chunk);
  return { frames, malformed };
}

test("a ping of servo 1 is the maker's: FF FF 01 02 01 FB", () => {
  assert.deepEqual([...instructionFrame(1, INSTRUCTION.ping)], [0xff, 0xff, 1, 2, 1, 0xfb]);
});

test("a sync read names its servos, a sync write carries the data of each", () => {
  assert.deepEqual([...syncReadFrame([1, 2], 56, 8)], [0xff, 0xff, 0xfe, 6, 0x82, 56, 8, 1, 2, 0x36]);
  const written = syncWriteFrame(42, new Map([[3, Uint8Array.of(0, 8)]]));
  assert.deepEqual([...written.slice(0, -1)], [0xff, 0xff, 0xfe, 7, 0x83, 42, 2, 3, 0, 8]);
});

test("a frame is read however its bytes come in pieces", () => {
  const bytes = statusFrame(5, 0, [1, 2, 0xff, 0xff, 3]);
  const { frames, malformed } = read([...bytes].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual(frames, [{ id: 5, kind: 0, data: Uint8Array.of(1, 2, 0xff, 0xff, 3) }]);
  assert.equal(malformed, 0);
});

test("a third FF before the number belongs to no frame", () => {
  assert.equal(read([Uint8Array.of(0xff), statusFrame(2, 0, [7])]).frames.length, 1);
});

test("a broken byte breaks its own frame and no other", () => {
  const good = statusFrame(1, 0, [9, 9, 9, 9]);
  for (let index = 2; index < good.length; index++) {
    const broken = good.slice();
    broken[index]! ^= 0x10;
    const rest = Array.from({ length: 12 }, () => statusFrame(2, 0, [1, 2, 3, 4]));
    const { frames } = read([broken, ...rest]);
    assert.deepEqual([...new Set(frames.map(({ id }) => id))], [2], `byte ${index}`);
    assert.equal(frames.length, 12, `byte ${index}`);
  }
});

test("after any rubbish whole frames are found again once their silence or length has passed", () => {
  const rubbish = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(rubbish, (noise) => {
      const tail = Array.from({ length: 12 }, (_, index) => statusFrame(7, 0, [index, 0, 0, 0]));
      const { frames } = read([noise, ...tail]);
      const told = frames.filter(({ id, data }) => id === 7 && data.length === 4).map(({ data }) => data[0]);
      assert.equal(told.at(-1), 11);
      assert.ok(told.length >= 7, `${told.length} of 12 found`);
    }),
    { numRuns: 500 },
  );
});
