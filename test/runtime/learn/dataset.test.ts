import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkDataset, openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { claimFolder, hasShard, ShardWriter } from "../../../runtime/learn/dataset-writer.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";
import { TINY_DATA_CAMERA, TINY_META, tinyDataset } from "../../helpers/tiny-dataset.ts";

test("rows and pictures come back as they were written, across shards and in any order", () => {
  using dataset = openDataset(tinyDataset(500, 300));
  assert.equal(dataset.rowCount, 500);
  const steps = dataset.columns(["step"]);
  assert.deepEqual([...steps.subarray(298, 303)], [23, 24, 0, 1, 2]);
  const size = 32 * 32 * 3;
  const together = new Uint8Array(4 * size);
  dataset.framesInto([298, 299, 300, 301], together);
  for (const [i, row] of [298, 299, 300, 301].entries()) {
    const alone = new Uint8Array(size);
    dataset.framesInto([row], alone);
    assert.deepEqual(alone, together.subarray(i * size, (i + 1) * size), `row ${row}`);
  }
});

test("a folder without data says what to do", () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  assert.throws(() => openDataset(folder), {
    code: "data.missing",
    message: `${join(folder, "meta.json")}: there is no such file; run foresight collect first, or name its folder`,
  });
  claimFolder(folder, TINY_META);
  assert.throws(() => openDataset(folder), {
    code: "data.missing",
    message: `${folder}: holds no shard-*.rows.f32; run foresight collect first`,
  });
});

test("a shard whose pictures or numbers were cut off is refused by name", () => {
  const folder = tinyDataset(300, 300);
  truncateSync(join(folder, "shard-000.frames.u8"), 32 * 32 * 3 * 100 + 7);
  assert.throws(() => openDataset(folder), {
    code: "data.corrupt",
    message: /shard-000.rows.f32 holds 300.00 rows of 10 numbers and .* 100.00 rows of pictures; a shard was cut off/,
  });
  rmSync(join(folder, "shard-000.frames.u8"));
  assert.throws(() => openDataset(folder), {
    code: "data.missing",
    message: /shard-000.frames.u8: there is no such file, but shard-000.rows.f32 is there/,
  });
});

test("meta.json that is no description of a data set is refused with the key", () => {
  const folder = tinyDataset(30);
  writeFileSync(join(folder, "meta.json"), "{");
  assert.throws(() => openDataset(folder), { code: "data.corrupt", message: /is not JSON/ });
  writeFileSync(join(folder, "meta.json"), JSON.stringify({ ...TINY_META, widthPx: -1 }));
  assert.throws(() => openDataset(folder), { code: "data.corrupt", message: /widthPx/ });
});

test("data of another camera, robot or action are told apart", () => {
  using dataset = openDataset(tinyDataset(30));
  const fits = { robot: "panda", cameras: [TINY_DATA_CAMERA], axes: ["x", "y"] };
  checkDataset(dataset, fits);
  const wide = { ...TINY_DATA_CAMERA, fovYRad: 1.2 };
  assert.throws(() => checkDataset(dataset, { ...fits, cameras: [wide] }), {
    code: "data.mismatch",
    message: /camera 0 is .*"fovYRad":0.8.*the launch file has .*"fovYRad":1.2/,
  });
  assert.throws(() => checkDataset(dataset, { ...fits, robot: "ur5e" }), {
    code: "data.mismatch",
    message: /collected with robot "panda", the launch file has "ur5e"/,
  });
  assert.throws(() => checkDataset(dataset, { ...fits, axes: ["x", "y", "z"] }), { code: "data.mismatch", message: /its actions move/ });
});

test("a shard gets its name only when it is whole", () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  {
    using writer = new ShardWriter(folder, 0, 1);
    writer.append([{ frames: [new Uint8Array(3)], values: [1] }]);
    assert.equal(hasShard(folder, 0), false);
  }
  assert.deepEqual(readdirSync(folder), [], "nothing is left of a shard that was not finished");
});

test("a folder of other data is not added to", () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  claimFolder(folder, TINY_META);
  claimFolder(folder, TINY_META);
  assert.throws(() => claimFolder(folder, { ...TINY_META, seed: 2 }), {
    code: "data.mismatch",
    message: /holds data collected with other options/,
  });
});

test("windows never cross the end of an episode, and whole episodes are held out", () => {
  const rows = Array.from({ length: 400 }, (_, row) => [Math.floor(row / 20), row % 20]).flat();
  const split = splitEpisodes(Float32Array.from(rows), 3);
  for (const heldOut of [false, true]) for (const row of split.windows(5, heldOut)) assert.ok(row % 20 <= 14, `row ${row}`);
  const held = new Set([...split.windows(0, true)].map((row) => Math.floor(row / 20)));
  const trained = new Set([...split.windows(0, false)].map((row) => Math.floor(row / 20)));
  assert.ok(held.size > 0 && [...held].every((episode) => !trained.has(episode)));
  assert.equal(held.size + trained.size, 20);
});
