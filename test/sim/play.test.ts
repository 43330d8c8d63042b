import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { collectShard, columnsOf } from "../../sim/collect.ts";
import { defaultScene } from "../../sim/scene.ts";
import { TINY_CAMERAS } from "../helpers/tiny-model.ts";

const ROWS = 300;
const COLUMNS = columnsOf(pandaSpec);

async function collect(shard: number): Promise<{ rows: Float32Array[]; bytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), "foresight-play-"));
  const shared = {
    task: "push",
    robot: pandaSpec,
    scene: defaultScene,
    cameras: TINY_CAMERAS,
    folder,
    seed: 1,
    productVersion: "0",
  } as const;
  await collectShard(shared, shard, ROWS);
  const name = join(folder, `shard-00${shard}`);
  const { buffer, byteOffset, length } = readFileSync(`${name}.rows.f32`);
  const flat = new Float32Array(buffer.slice(byteOffset, byteOffset + length));
  const rows = Array.from({ length: flat.length / COLUMNS.length }, (_, i) => flat.subarray(i * COLUMNS.length, (i + 1) * COLUMNS.length));
  return { rows, bytes: statSync(`${name}.frames.u8`).size };
}
const column = (rows: readonly Float32Array[], name: string): number[] => rows.map((row) => row[COLUMNS.indexOf(name)]!);

test("play moves the cube in a good share of its decisions, keeps the tool at its height and its actions in range", async () => {
  const { rows, bytes } = await collect(0);
  assert.ok(rows.length >= ROWS);
  assert.equal(bytes, rows.length * TINY_CAMERAS.length * 64 * 64 * 3, "a picture per camera and row");
  const moved = column(rows, "moved").reduce((sum, each) => sum + each, 0) / rows.length;
  assert.ok(moved > 0.15 && moved < 0.8, `${moved} of the decisions move the cube`);
  for (const z of column(rows, "tool.z")) assert.ok(Math.abs(z - 0.03) < 0.002, `tool at ${z} m`);
  for (const axis of ["action.x", "action.y"] as const)
    for (const value of column(rows, axis)) assert.ok(Math.abs(value) < 1.01, `${axis} ${value}`);
});

test("a shard is a function of seed and number", async () => {
  const [first, again, other] = [await collect(1), await collect(1), await collect(2)];
  assert.deepEqual(again.rows, first.rows);
  assert.notDeepEqual(other.rows, first.rows);
});
