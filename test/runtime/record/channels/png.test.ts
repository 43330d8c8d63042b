/** What is written as PNG is read by others as the pixels that it was made of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import sharp from "sharp";
import { pngOf } from "../../../../runtime/record/channels/png.ts";

test("a PNG of ours is read by libpng as the same pixels, whatever they are", async () => {
  const size = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.infiniteStream(fc.nat(255)), async (widthPx, heightPx, bytes) => {
      const rgb = Uint8Array.from([...bytes.take(widthPx * heightPx * 3)]);
      const png = await pngOf({ rgb, widthPx, heightPx });
      const { data, info } = await sharp(png, { failOn: "warning" }).raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, info.channels], [widthPx, heightPx, 3]);
      assert.deepEqual(new Uint8Array(data), rgb);
    }),
    { numRuns: 50 },
  );
});

test("noise as of a camera costs less than its own information, and what has none costs next to nothing", async () => {
  const [widthPx, heightPx] = [640, 480];
  const length = widthPx * heightPx * 3;
  const noisy = Uint8Array.from({ length }, (_, at) => 100 + (Math.imul(at, 2654435761) >>> 30)); // Two bits of noise.
  assert.ok((await pngOf({ rgb: noisy, widthPx, heightPx })).length < length / 2);
  assert.ok((await pngOf({ rgb: new Uint8Array(length).fill(7), widthPx, heightPx })).length < length / 100);
});
