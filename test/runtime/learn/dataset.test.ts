import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkDataset, openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { claimFolder, rowsOfShard, ShardWriter } from "../../../runtime/learn/dataset-writer.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";
import { playedOf } from "../../../runtime/learn/played.ts";
import { collectShards, type ShardTask } from "../../../runtime/learn/shards.ts";
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
    assert.equal(rowsOfShard(folder, 0, 1), 0);
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

test("a meta.json that is no text of a bounded size is refused by name, also by who goes on collecting", () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  claimFolder(folder, TINY_META);
  truncateSync(join(folder, "meta.json"), 2 ** 36);
  assert.throws(() => claimFolder(folder, TINY_META), {
    code: "data.corrupt",
    message: /^cannot read .*meta\.json \(it has 68719476736 bytes, at most 1000000 are read\); give another --out$/,
  });
  rmSync(folder, { recursive: true });
});

test("a folder that another command writes to is refused before anything of it is touched", async () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  try {
    writeFileSync(join(folder, ".lock"), `${hostname()} ${other.pid}\n`);
    const asked = {
      folder,
      meta: TINY_META,
      rows: 10,
      shardRows: 10,
      workers: 1,
      onProgress: () => {},
      signal: new AbortController().signal,
    };
    const open = async (): Promise<never> => assert.fail("nothing is collected");
    await assert.rejects(collectShards({ ...asked, open }), {
      code: "data.corrupt",
      message: new RegExp(`process ${other.pid} .* is writing to it`),
    });
    assert.deepEqual(readdirSync(folder), [".lock"]);
  } finally {
    other.kill("SIGKILL");
  }
});

const SIZE = { columns: TINY_META.columns.length };

function changedRows(folder: string, change: (rows: Float32Array, at: Record<string, number>) => void): void {
  const path = join(folder, "shard-000.rows.f32");
  const bytes = readFileSync(path);
  const rows = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  change(rows, Object.fromEntries(TINY_META.columns.map((name, i) => [name, i])));
  writeFileSync(path, new Uint8Array(rows.buffer));
}

for (const [what, change, why] of [
  [
    "no number",
    (rows, at) => rows.fill(Number.NaN, 7 * SIZE.columns + at["tool.x"]!, 7 * SIZE.columns + at["tool.x"]! + 1),
    /row 7, tool\.x is NaN, no finite number/,
  ],
  [
    "a place that no arm reaches",
    (rows, at) => rows.fill(1e6, 7 * SIZE.columns + at["object.y"]!, 7 * SIZE.columns + at["object.y"]! + 1),
    /row 7, object\.y is 1000000 m is above, at most 10 m/,
  ],
  [
    "an episode that is no number",
    (rows, at) => {
      for (let i = at["episode"]!; i < rows.length; i += SIZE.columns) rows[i] = Number.NaN;
    },
    /row 0, episode is NaN/,
  ],
  ["nothing but zeros", (rows) => rows.fill(0), /row 1 is step 0 of episode 0, and so, or later, is the row before it/],
  [
    "another number than was written",
    (rows, at) => rows.fill(0.42, at["tool.x"]!, at["tool.x"]! + 1),
    /its rows are not those that were written/,
  ],
] as [string, Parameters<typeof changedRows>[1], RegExp][]) {
  test(`rows that hold ${what} are refused by shard, row and column`, () => {
    const folder = tinyDataset(30);
    changedRows(folder, change);
    assert.throws(() => openDataset(folder), { code: "data.corrupt", message: new RegExp(`shard-000.*${why.source}`) });
  });
}

test("pictures that were changed after they were collected are refused, and pictures that show nothing", () => {
  const folder = tinyDataset(30);
  const path = join(folder, "shard-000.frames.u8");
  const pictures = readFileSync(path);
  pictures[100]! ^= 1;
  writeFileSync(path, pictures);
  assert.throws(() => openDataset(folder), {
    code: "data.corrupt",
    message: /shard-000\.json: its pictures are not those that were written/,
  });
  writeFileSync(path, Buffer.alloc(pictures.length));
  assert.throws(() => openDataset(folder), { code: "data.corrupt", message: /shard-000\.frames\.u8: its pictures are of one colour/ });
});

test("a shard that is missing, that is another one again, or that is of other data is refused by name", () => {
  const copy = (from: string, to: string, name: string, endings = ["rows.f32", "frames.u8", "json"]): void => {
    for (const ending of endings) cpSync(join(from, `shard-000.${ending}`), join(to, `${name}.${ending}`));
  };
  const gap = tinyDataset(90, 30);
  for (const ending of ["rows.f32", "frames.u8", "json"]) rmSync(join(gap, `shard-001.${ending}`));
  assert.throws(() => openDataset(gap), { code: "data.missing", message: /shard-001 is missing, shard-002 is there/ });
  const twice = tinyDataset(30);
  copy(twice, twice, "shard-001", ["rows.f32", "frames.u8"]);
  assert.throws(() => openDataset(twice), { code: "data.corrupt", message: /shard-001 holds the same rows as shard-000/ });
  copy(twice, twice, "shard-001");
  assert.throws(() => openDataset(twice), { code: "data.corrupt", message: /shard-001\.json: it is of another shard/ });
  const other = tinyDataset(30, 300, { ...TINY_META, scene: { name: "another" } });
  const foreign = tinyDataset(30);
  copy(other, foreign, "shard-000");
  assert.throws(() => openDataset(foreign), { code: "data.corrupt", message: /shard-000\.json: it was collected with another meta\.json/ });
});

test("data of an earlier version, whose shards have no seal, are taken and said to be so", () => {
  const folder = tinyDataset(30);
  rmSync(join(folder, "shard-000.json"));
  using dataset = openDataset(folder);
  assert.equal(dataset.isSealed, false);
});

test("rows and meta that are a folder, a sparse giant or in other units are refused at once", () => {
  const folder = tinyDataset(30);
  truncateSync(join(folder, "shard-000.rows.f32"), 2.5e9);
  assert.throws(() => openDataset(folder), {
    code: "data.corrupt",
    message: /cannot read .*shard-000\.rows\.f32 \(it has 2500000000 bytes, at most/,
  });
  for (const [change, why] of [
    [{ action: { axes: ["x", "y"], scaleM: 5 } }, /5 m is above, at most 0\.5 m/],
    [{ controlPeriodS: 20 }, /20 s is above, at most 5 s: .*in milliseconds\? write 0\.02/],
    [{ toolHeightM: null }, /toolHeightM/],
    [{ columns: [...TINY_META.columns, "tool.x"] }, /a column is named twice/],
    [{ cameras: [] }, /cameras/],
  ] as const) {
    writeFileSync(join(folder, "meta.json"), JSON.stringify({ ...TINY_META, ...change }));
    assert.throws(() => openDataset(folder), { code: "data.corrupt", message: why });
  }
});

test("an empty shard is never taken as done", () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  using writer = new ShardWriter(folder, 0, 1);
  assert.throws(() => writer.finish(), { code: "data.missing", message: /shard-000: holds no row/ });
  assert.equal(rowsOfShard(folder, 0, 1), 0);
});

test("what a collection was asked for is collected: fewer rows of an earlier one are counted as they are, and the rest is added", async () => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-data-"));
  const tasks: ShardTask[] = [];
  const collect = (rows: number): Promise<void> =>
    collectShards({
      ...{ folder, meta: { ...TINY_META, columns: ["a"] }, rows, shardRows: 100, workers: 1 },
      onProgress: () => {},
      signal: new AbortController().signal,
      open: async () => ({
        async collect(task) {
          tasks.push(task);
          using writer = new ShardWriter(folder, task.shard, 1);
          writer.append(Array.from({ length: task.rows + 3 }, (_, i) => ({ frames: [new Uint8Array(3)], values: [i] })));
          writer.finish();
        },
        async [Symbol.asyncDispose]() {},
      }),
    });
  await collect(20);
  await collect(250);
  await collect(250);
  assert.deepEqual(tasks, [
    { shard: 0, rows: 20 },
    { shard: 1, rows: 100 },
    { shard: 2, rows: 100 },
    { shard: 3, rows: 27 },
  ]);
});

test("how many decisions stood still is told of what is there", () => {
  using dataset = openDataset(tinyDataset(500));
  const { rows, standing } = playedOf(dataset);
  assert.equal(rows, 500);
  assert.ok(standing < 0.02, `${standing}`);
  const still = { meta: TINY_META, rowCount: 4, columns: () => Float32Array.of(0, 0, 0.04, -0.04, 0.04, 1, 0, 0) };
  assert.equal(playedOf(still).standing, 0.75);
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
