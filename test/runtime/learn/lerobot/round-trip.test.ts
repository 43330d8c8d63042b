/** A data set of ours goes out as a LeRobot one and comes back: the same rows and pixels. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openDataset } from "../../../../runtime/learn/dataset-reader.ts";
import { exportLeRobot } from "../../../../runtime/learn/lerobot/export.ts";
import { framesOf } from "../../../../runtime/learn/lerobot/frames.ts";
import { openLeRobot } from "../../../../runtime/learn/lerobot/open.ts";
import { ownMetaOf, ownRows } from "../../../../runtime/learn/lerobot/own.ts";
import { parquetRows } from "../../../../runtime/learn/lerobot/parquet.ts";
import { TINY_META, tinyDataset } from "../../../helpers/tiny-dataset.ts";

const ROWS = 120;
const signal = new AbortController().signal;

describe("a LeRobot data set", () => {
  const work = mkdtempSync(join(tmpdir(), "foresight-lerobot-"));
  const folder = join(work, "out");
  const source = tinyDataset(ROWS, 70);
  before(async () => {
    using dataset = openDataset(source);
    const said: number[] = [];
    const exported = await exportLeRobot(dataset, { folder, task: "push the square", onProgress: (frames) => said.push(frames), signal });
    assert.deepEqual(exported, { frames: ROWS, episodes: 5 });
    assert.equal(said.at(-1), ROWS);
  });
  after(() => [work, source].forEach((each) => void rmSync(each, { recursive: true })));

  const broken = (change: (at: string) => void): string => {
    const copy = mkdtempSync(join(work, "broken-"));
    cpSync(folder, copy, { recursive: true });
    change(copy);
    return copy;
  };
  const edited = (key: string, value: unknown): string =>
    broken((at) => {
      const path = join(at, "meta/info.json");
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), [key]: value }));
    });

  it("that we wrote comes back with the same numbers and pixels", async () => {
    using dataset = openDataset(source);
    const data = await openLeRobot(folder);
    const meta = ownMetaOf(data)!;
    assert.deepEqual(meta, TINY_META);
    const { numbers, pictures, rowsOf } = ownRows(meta);
    const wanted = { numbers, pictures, stride: 1, widthPx: meta.widthPx, heightPx: meta.heightPx, signal };
    const columns = dataset.columns(meta.columns);
    const pixels = new Uint8Array(meta.widthPx * meta.heightPx * 3);
    let row = 0;
    for (const [index, episode] of data.episodes.entries()) {
      for (const { values, frames } of rowsOf(await framesOf(data, episode, wanted), index)) {
        assert.deepEqual(Float32Array.from(values), columns.slice(row * values.length, (row + 1) * values.length));
        dataset.framesInto([row], pixels);
        assert.ok(Buffer.compare(pixels, frames[0]!) === 0, `the picture of row ${row}`);
        row++;
      }
    }
    assert.equal(row, ROWS);
  });

  it("counts its episodes and frames as LeRobot does: from 0, without a gap", async () => {
    const rows = await parquetRows(join(folder, "data/chunk-000/file-000.parquet"), ["index", "episode_index", "frame_index", "timestamp"]);
    for (const [index, row] of rows.entries()) {
      assert.deepEqual(
        [row["index"], row["episode_index"], row["frame_index"]],
        [BigInt(index), BigInt(Math.floor(index / 25)), BigInt(index % 25)],
      );
      assert.ok(Math.abs((row["timestamp"] as number) - 0.2 * (index % 25)) < 1e-6);
    }
    const [first, second] = await parquetRows(join(folder, "meta/episodes/chunk-000/file-000.parquet"));
    assert.deepEqual([first?.["dataset_from_index"], first?.["dataset_to_index"], second?.["dataset_from_index"]], [0n, 25n, 25n]);
    assert.deepEqual(first?.["tasks"], ["push the square"]);
  });

  it("tells minimum, maximum, mean and deviation of every number and channel", () => {
    using dataset = openDataset(source);
    const actions = dataset.columns(["action.x"]);
    const mean = actions.reduce((sum, value) => sum + value, 0) / ROWS;
    const told = JSON.parse(readFileSync(join(folder, "meta/stats.json"), "utf8"));
    const { action } = told;
    assert.ok(
      Math.abs(action.mean[0] - mean) < 1e-9 &&
        Math.abs(action.std[0] - Math.sqrt(actions.reduce((sum, x) => sum + (x - mean) ** 2, 0) / ROWS)) < 1e-9,
    );
    assert.deepEqual([action.min[0], action.max[0], action.count], [Math.min(...actions), Math.max(...actions), [ROWS]]);
    assert.equal(told["observation.images.front"].mean.length, 3);
  });

  it("is whole or not there: an interrupted export leaves nothing, and what is there is not replaced", async () => {
    using dataset = openDataset(source);
    const options = { task: "t", onProgress: () => {} };
    await assert.rejects(
      exportLeRobot(dataset, { ...options, folder: join(work, "interrupted"), signal: AbortSignal.abort(new Error("interrupted")) }),
      /interrupted/,
    );
    assert.ok(!existsSync(join(work, "interrupted")) && !readdirSync(work).some((name) => name.startsWith(".interrupted")));
    await assert.rejects(exportLeRobot(dataset, { ...options, folder, signal }), /something is there already; give another --out/);
  });

  it("that is not whole, of another version, or points outside its folder is refused by name", async () => {
    await assert.rejects(openLeRobot(work), /meta\/info\.json.*name the folder of a LeRobot data set of version 3/);
    await assert.rejects(openLeRobot(edited("codebase_version", "v2.1")), /must be "v3\.x"; convert older sets/);
    await assert.rejects(openLeRobot(edited("total_episodes", 6)), /5 of 6 episodes are there/);
    await assert.rejects(openLeRobot(edited("data_path", "../../../etc/passwd")), /points to \.\.\/\.\.\/\.\.\/etc\/passwd, outside of it/);
    const cut = broken((at) => writeFileSync(join(at, "data/chunk-000/file-000.parquet"), "PAR1"));
    const data = await openLeRobot(cut);
    const wanted = { numbers: ["action"], pictures: [], stride: 1, widthPx: 8, heightPx: 8, signal };
    await assert.rejects(framesOf(data, data.episodes[0]!, wanted), /cannot be read as parquet/);
  });
});
