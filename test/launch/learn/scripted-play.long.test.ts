/** Scripted play in the embedded simulator: on the path of the agent, inside the guards and the limits of the joints, and a function of its seed. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { robotOf, scaled } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { metaOf } from "../../../launch/learn/play/setup.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { startWorker } from "../../../runtime/core/start-worker.ts";
import { openThreadCollector } from "../../../runtime/learn/collector-thread.ts";
import { type Dataset, openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { type Collection, collectShards } from "../../../runtime/learn/shards.ts";
import { collected, PANDA_PUSH, scriptedSetup } from "../../helpers/collected.ts";

const PERIOD_S = 0.2;
const never = new AbortController().signal;

/** Rows as objects, and whether each is followed by the next one. */
function rowsOf(data: Dataset) {
  const { columns } = data.meta;
  const flat = data.columns(columns);
  const at = (row: number, name: string): number => flat[row * columns.length + columns.indexOf(name)]!;
  const isFollowed = (row: number): boolean =>
    row + 1 < data.rowCount && at(row, "episode") === at(row + 1, "episode") && at(row, "step") + 1 === at(row + 1, "step");
  return { at, isFollowed, rows: Array.from({ length: data.rowCount }, (_, row) => row) };
}

test("play moves the cube in a good share of its decisions, and keeps the tool at its height", async () => {
  using data = await collected({ rows: 300 });
  const { at, isFollowed, rows } = rowsOf(data);
  assert.equal(data.meta.play, "scripted");
  const followed = rows.filter(isFollowed);
  const movedM = (row: number): number =>
    Math.hypot(at(row + 1, "object.x") - at(row, "object.x"), at(row + 1, "object.y") - at(row, "object.y"));
  const moved = followed.filter((row) => movedM(row) > 0.001).length / followed.length;
  assert.ok(moved > 0.15 && moved < 0.8, `${moved} of the decisions move the cube`);
  for (const row of rows) assert.ok(Math.abs(at(row, "tool.z") - 0.03) < 0.002, `tool at ${at(row, "tool.z")} m`);
});

/** The SO-101 as it is, on which play was faster than its joints; and arms that are allowed a fraction of their limits. */
const SLOW_ARMS = [
  { launch: "launch/so101-reach.launch.yaml", overrides: [] },
  { launch: "launch/so101-reach.launch.yaml", overrides: ["guards.velocityScale:=0.3"] },
  { launch: "launch/ur5e-reach.launch.yaml", overrides: ["guards.velocityScale:=0.1"] },
  { launch: PANDA_PUSH, overrides: ["guards.velocityScale:=0.15"] },
  { launch: PANDA_PUSH, overrides: ["guards.accelerationScale:=0.2"] },
];

for (const { launch, overrides } of SLOW_ARMS) {
  test(`no action is more than 1 and no joint faster than it may be: ${[launch, ...overrides].join(" ")}`, async () => {
    using data = await collected({ launch, overrides, rows: 400 });
    const config = loadLaunch(launch, overrides);
    const { joints } = scaled(await robotOf(config), config.guards);
    const { at, isFollowed, rows } = rowsOf(data);
    let lengths = 0;
    for (const row of rows) {
      const action = data.meta.action.axes.map((axis) => at(row, `action.${axis}`));
      for (const value of action) assert.ok(Math.abs(value) <= 1, `row ${row}: action ${action}`);
      lengths += Math.hypot(...action) / data.rowCount;
      if (!isFollowed(row)) continue;
      for (const [i, { name, velocityMaxRadPerS }] of joints.entries()) {
        const radPerS = Math.abs(at(row + 1, `joint${i + 1}`) - at(row, `joint${i + 1}`)) / PERIOD_S;
        assert.ok(radPerS <= velocityMaxRadPerS, `row ${row}: ${name} at ${radPerS} of ${velocityMaxRadPerS} rad/s`);
      }
    }
    assert.ok(lengths > 0.15, `it moves: mean length of an action ${lengths}`);
  });
}

async function collect(run: Pick<Collection, "workers" | "signal"> & Partial<Collection>, folder?: string, seed = 3): Promise<string> {
  const setup = { ...(await scriptedSetup({ seed })), ...(folder ? { folder } : {}) };
  await collectShards({
    ...{ folder: setup.folder, meta: metaOf(setup), rows: 180, shardRows: 60, onProgress: () => {}, ...run },
    open: (signal) =>
      openThreadCollector(startWorker("../../../launch/learn/play/worker.ts", import.meta.url, { workerData: setup }), signal),
  });
  return setup.folder;
}

const data = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.includes(".partial"))
    .sort()
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex")}`,
    );

test("the data depend on the seed alone: one worker or two, in one go or interrupted and gone on with", async () => {
  const one = await collect({ workers: 1, signal: never });
  const two = await collect({ workers: 2, signal: never });
  const interrupted = (await scriptedSetup({})).folder;
  const stop = new AbortController();
  const onProgress = (rows: number): void => {
    if (rows > 90) stop.abort(new AgentError("stop.operator", "enough"));
  };
  await assert.rejects(collect({ workers: 1, onProgress, signal: stop.signal }, interrupted), { code: "stop.operator" });
  const whole = readdirSync(interrupted).filter((name) => name.endsWith(".rows.f32")).length;
  assert.ok(whole >= 1 && whole < 3, `${whole} of 3 shards are whole after the interruption`);
  await collect({ workers: 2, signal: never }, interrupted);

  assert.deepEqual(data(two), data(one));
  assert.deepEqual(data(interrupted), data(one));
  assert.equal(
    new Set(data(one).map((line) => line.split(" ")[1])).size,
    10,
    "three shards of pictures, rows and seals, all different, and meta.json",
  );
  using dataset = openDataset(one);
  assert.ok(dataset.rowCount >= 180);
});

test("a folder of another seed is refused", async () => {
  const run = { rows: 20, shardRows: 20, workers: 1, signal: never };
  const folder = await collect(run);
  await assert.rejects(collect(run, folder, 4), { code: "data.mismatch", message: /holds data collected with other options/ });
});
