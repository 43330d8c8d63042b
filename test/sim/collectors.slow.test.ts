/** Collections in real worker threads, at toy length. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { collect } from "../../sim/collectors.ts";
import { defaultScene } from "../../sim/scene.ts";
import { TINY_CAMERAS } from "../helpers/tiny-model.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "foresight-collect-"));
const options = (folder: string) => ({
  task: "push" as const,
  robot: pandaSpec,
  scene: defaultScene,
  cameras: TINY_CAMERAS,
  folder,
  seed: 3,
  productVersion: "0.0.0",
});
const RUN = { rows: 180, shardRows: 60, onProgress: () => undefined };
const hashes = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex")}`,
    );

test("the data depend on the seed alone: one worker or two, in one go or interrupted and gone on with", async () => {
  const [one, two, interrupted] = [newFolder(), newFolder(), newFolder()];
  const never = new AbortController().signal;
  await collect(options(one), { ...RUN, workers: 1, signal: never });
  await collect(options(two), { ...RUN, workers: 2, signal: never });

  const stop = new AbortController();
  const onProgress = (rows: number): void => {
    if (rows > 90) stop.abort(new AgentError("stop.operator", "enough"));
  };
  await assert.rejects(collect(options(interrupted), { ...RUN, workers: 1, onProgress, signal: stop.signal }), { code: "stop.operator" });
  const whole = readdirSync(interrupted).filter((name) => name.endsWith(".rows.f32")).length;
  assert.ok(whole >= 1 && whole < 3, `${whole} of 3 shards are whole after the interruption`);
  await collect(options(interrupted), { ...RUN, workers: 2, signal: never });

  const data = (folder: string): string[] => hashes(folder).filter((line) => !line.includes(".partial"));
  assert.deepEqual(data(two), data(one));
  assert.deepEqual(data(interrupted), data(one));
  using dataset = openDataset(one);
  assert.ok(dataset.rowCount >= 180);
  assert.equal(dataset.meta.play, "scripted");
});

test("a folder of another seed is refused", async () => {
  const folder = newFolder();
  const run = { ...RUN, rows: 20, shardRows: 20, workers: 1, signal: new AbortController().signal };
  await collect(options(folder), run);
  await assert.rejects(collect({ ...options(folder), seed: 4 }, run), {
    code: "data.mismatch",
    message: /holds data collected with other options/,
  });
});
