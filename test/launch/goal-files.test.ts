/** A goal picture is a PNG or JPEG, opaque, that shows something. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { readGoalFrames } from "../../launch/goal-files.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-goal-"));
after(() => rmSync(folder, { recursive: true }));
const pixels = (channels: 3 | 4, value: (i: number) => number): Sharp =>
  sharp(
    Uint8Array.from({ length: 64 * 64 * channels }, (_, i) => value(i)),
    { raw: { width: 64, height: 64, channels } },
  );
const read = async (bytes: Uint8Array) => {
  const front = join(folder, "front.png");
  writeFileSync(front, bytes);
  return readGoalFrames({ front });
};

test("PNG and JPEG are read as RGB of their own size", async () => {
  const [frame] = await read(
    await pixels(3, (i) => (i * 7) % 256)
      .png()
      .toBuffer(),
  );
  assert.deepEqual([frame?.camera, frame?.widthPx, frame?.heightPx, frame?.rgb.length], ["front", 64, 64, 64 * 64 * 3]);
  assert.equal(frame?.rgb[5], 35);
  await read(
    await pixels(3, (i) => (i * 7) % 256)
      .jpeg()
      .toBuffer(),
  );
});

test("a picture that says which side is up is read that way, as every viewer shows it", async () => {
  const upright = await pixels(3, (i) => (i < 64 * 64 ? 200 : 20)) // Bright above, dark below.
    .png()
    .toBuffer();
  const turned = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
  const [[seen], [wanted]] = [await read(turned), await read(upright)];
  assert.deepEqual(seen?.rgb, wanted?.rgb);
});

test("what is transparent, of one colour, of another format or not there is refused, with camera, file and why", async () => {
  const refused = (bytes: Uint8Array, why: RegExp) =>
    assert.rejects(read(bytes), {
      code: "goal.mismatch",
      message: new RegExp(`goal picture of camera "front": cannot read .*front\\.png \\(.*${why.source}.*give a PNG or JPEG file`),
    });
  await refused(
    await pixels(4, (i) => (i % 4 === 3 ? 0 : i % 256))
      .png()
      .toBuffer(),
    /transparent/,
  );
  await refused(
    await pixels(3, () => 0)
      .png()
      .toBuffer(),
    /one colour/,
  );
  await refused(
    await pixels(3, (i) => [10, 20, 30][i % 3]!)
      .png()
      .toBuffer(),
    /one colour/,
  );
  await refused(
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><text y="20">hi</text></svg>'),
    /neither PNG nor JPEG/,
  );
  await refused(
    await pixels(3, (i) => i % 256)
      .gif()
      .toBuffer(),
    /neither PNG nor JPEG/,
  );
  await assert.rejects(readGoalFrames({ front: join(folder, "none.png") }), { code: "goal.mismatch", message: /none\.png \(ENOENT/ });
});

test("everything that is wrong with the pictures of a goal is told at once; that one does not fit comes before that it shows nothing", async () => {
  const [front, side] = [join(folder, "black.png"), join(folder, "gone.png")];
  writeFileSync(
    front,
    await pixels(3, () => 0)
      .png()
      .toBuffer(),
  );
  await assert.rejects(
    readGoalFrames({ side, front: join(folder, "lost.png") }),
    /camera "side": .*gone\.png \(ENOENT.*camera "front": .*lost\.png \(ENOENT/,
  );
  const size = new Error("64x64 px do not fit");
  const fits = (): never => {
    throw size;
  };
  await assert.rejects(readGoalFrames({ front }, fits), size);
});
