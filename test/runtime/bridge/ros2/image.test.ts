/** Image messages to RGB in every encoding that is taken, byte by byte, and pictures fitted to the model's size. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import sharp from "sharp";
import { compareCameraInfo, croppedFovYRad } from "../../../../runtime/bridge/ros2/camera-info.ts";
import { readCompressedImage } from "../../../../runtime/bridge/ros2/compressed-image.ts";
import { fitPicture, middleCrop, type Picture, readImage } from "../../../../runtime/bridge/ros2/image.ts";

const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: "" };
/** Where red, green, blue lie in a pixel of each encoding, and its bytes. */
const LAYOUTS = { rgb8: [0, 1, 2, 3], bgr8: [2, 1, 0, 3], rgba8: [0, 1, 2, 4], bgra8: [2, 1, 0, 4], mono8: [0, 0, 0, 1] } as const;

for (const [encoding, [red, green, blue, bytes]] of Object.entries(LAYOUTS)) {
  test(`${encoding}: every byte of every pixel lands where RGB wants it, whatever the padding of the rows`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 9 }),
        (widthPx, heightPx, pad) => {
          const step = widthPx * bytes + pad;
          const data = Uint8Array.from({ length: step * heightPx }, (_, index) => (index * 37) % 251);
          const reading = readImage({ encoding, widthPx, heightPx, step, data });
          assert.ok(reading.kind === "picture");
          for (let row = 0; row < heightPx; row++)
            for (let column = 0; column < widthPx; column++)
              for (const [channel, offset] of [red, green, blue].entries())
                assert.equal(reading.picture.rgb[(row * widthPx + column) * 3 + channel], data[row * step + column * bytes + offset]);
        },
      ),
    );
  });
}

const refusals = [
  [{ encoding: "yuv411", widthPx: 2, heightPx: 2, step: 4, data: new Uint8Array(8) }, /encoding "yuv411" must be one of rgb8, bgr8/],
  [{ encoding: "constructor", widthPx: 2, heightPx: 2, step: 4, data: new Uint8Array(8) }, /encoding "constructor" must be one of rgb8/],
  [{ encoding: "yuyv", widthPx: 3, heightPx: 2, step: 6, data: new Uint8Array(12) }, /rows of 6 bytes are too short for 3 px of yuyv/],
  [{ encoding: "nv12", widthPx: 4, heightPx: 4, step: 4, data: new Uint8Array(23) }, /23 bytes are fewer than 6 rows of 4 bytes/],
  [
    { encoding: "16UC1", widthPx: 2, heightPx: 1, step: 4, data: new Uint8Array(4) },
    /encoding "16UC1" holds distances, no colours; choose the camera's colour topic, or give depthM: \[near, far\] in metres/,
  ],
  [{ encoding: "rgb8", widthPx: 0, heightPx: 2, step: 4, data: new Uint8Array(8) }, /size 0 x 2 px must be 1 to 8192/],
  [{ encoding: "rgb8", widthPx: 9000, heightPx: 2, step: 27_000, data: new Uint8Array(8) }, /size 9000 x 2 px/],
  [{ encoding: "rgb8", widthPx: 2, heightPx: 2, step: 5, data: new Uint8Array(10) }, /rows of 5 bytes are too short for 2 px of rgb8/],
  [{ encoding: "rgb8", widthPx: 2, heightPx: 2, step: 6, data: new Uint8Array(11) }, /11 bytes are fewer than 2 rows of 6 bytes/],
] as const;
for (const [parts, why] of refusals) {
  test(`an image is refused: ${why.source}`, () => {
    const reading = readImage(parts);
    assert.ok(reading.kind === "unreadable");
    assert.match(reading.why, why);
  });
}

const plain = (widthPx: number, heightPx: number, colour: (column: number, row: number) => number): Picture => ({
  widthPx,
  heightPx,
  rgb: Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, index) =>
    colour(Math.floor(index / 3) % widthPx, Math.floor(index / 3 / widthPx)),
  ),
});

test("a picture of 640 x 480 becomes 64 x 64 by its middle square, each pixel the mean of its 7 or 8 columns and rows", () => {
  const picture = plain(640, 480, (column) => (column < 80 || column >= 560 ? 255 : 10));
  assert.deepEqual(middleCrop(picture, { widthPx: 64, heightPx: 64 }), { leftPx: 80, topPx: 0, widthPx: 480, heightPx: 480 });
  const fitted = fitPicture(picture, { widthPx: 64, heightPx: 64 });
  assert.equal(fitted.rgb.length, 64 * 64 * 3);
  assert.ok(
    fitted.rgb.every((value) => value === 10),
    "nothing of the cut sides is left",
  );
});

test("averaging halves: two columns of 0 and 100 become one of 50", () => {
  const fitted = fitPicture(
    plain(4, 4, (column) => (column % 2) * 100),
    { widthPx: 2, heightPx: 2 },
  );
  assert.ok(fitted.rgb.every((value) => value === 50));
});

test("a picture of the right size is passed on as it is, a smaller one is repeated", () => {
  const picture = plain(3, 2, (column, row) => 10 * column + row);
  assert.equal(fitPicture(picture, { widthPx: 3, heightPx: 2 }), picture);
  const larger = fitPicture(picture, { widthPx: 6, heightPx: 4 });
  assert.equal(larger.rgb[0], 0);
  assert.equal(larger.rgb.at(-1), 21);
});

test("png comes out byte for byte, jpeg within 6 of 255 on a smooth picture, alpha is dropped", async () => {
  const picture = plain(32, 24, (column, row) => 40 + 3 * column + 2 * row);
  const raw = sharp(picture.rgb, { raw: { width: 32, height: 24, channels: 3 } });
  const png = await readCompressedImage({ header, format: "rgb8; png compressed", data: await raw.clone().ensureAlpha().png().toBuffer() });
  assert.deepEqual(png, { kind: "picture", picture });
  const jpeg = await readCompressedImage({
    header,
    format: "rgb8; jpeg compressed bgr8",
    data: await raw.jpeg({ quality: 95 }).toBuffer(),
  });
  assert.ok(jpeg.kind === "picture");
  const worst = Math.max(...jpeg.picture.rgb.map((value, index) => Math.abs(value - picture.rgb[index]!)));
  assert.ok(worst <= 6, `${worst}`);
});

test("a truncated jpeg is unreadable and says so", async () => {
  const { rgb } = plain(64, 64, (column, row) => (column * 71 + row * 37) % 256);
  const whole = await sharp(rgb, { raw: { width: 64, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
  const reading = await readCompressedImage({ header, format: "jpeg", data: whole.subarray(0, 1500) });
  assert.ok(reading.kind === "unreadable");
  assert.match(reading.why, /1500 bytes called "jpeg" are no whole jpeg or png/);
});

const spec = { name: "front", widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [0, 0, 0], targetM: [1, 0, 0] } as const;
const focalPx = 240 / Math.tan(0.8203 / 2);
const info = {
  header,
  width: 640,
  height: 480,
  distortion_model: "plumb_bob",
  d: [0, 0, 0, 0, 0],
  k: [focalPx, 0, 320, 0, focalPx, 240, 0, 0, 1],
};

test("a camera that sees what the model was trained with is not complained of", () => {
  assert.ok(Math.abs(croppedFovYRad(info, spec) - 0.8203) < 1e-9);
  assert.deepEqual(compareCameraInfo(info, spec), []);
});

test("field of view, centre, distortion and a missing calibration are each told in words", () => {
  assert.match(
    compareCameraInfo({ ...info, k: [600, 0, 320, 0, 600, 240, 0, 0, 1] }, spec)[0]!,
    /sees 0\.761 rad from top to bottom, the model was trained with 0\.8203 rad/,
  );
  assert.match(
    compareCameraInfo({ ...info, k: [focalPx, 0, 400, 0, focalPx, 240, 0, 0, 1] }, spec)[0]!,
    /optical centre is at \(400, 240\) px of 640 x 480 px/,
  );
  assert.match(
    compareCameraInfo({ ...info, d: [0.2, -0.3, 0, 0, 0] }, spec)[0]!,
    /lens bends the picture \(plumb_bob\); use its rectified topic/,
  );
  assert.match(compareCameraInfo({ ...info, k: [0, 0, 0, 0, 0, 0, 0, 0, 0] }, spec)[0]!, /is not calibrated \(focal length 0 px\)/);
});
