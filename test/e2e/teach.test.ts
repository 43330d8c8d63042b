/** launch/teach-your-own-scene.md at toy length, through the command line: another cube, table and arm base pose, from an empty folder to an evaluation. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cli } from "../helpers/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-teach-"));
const launch = join(folder, "my-scene.launch.yaml");
const data = join(folder, "data");
const model = join(folder, "my-scene-model");

writeFileSync(
  launch,
  `include: ${join(process.cwd(), "launch/panda-push.launch.yaml")}
backend:
  scene:
    objects: { cube: { shape: { kind: box, sizeM: [0.045, 0.045, 0.045] }, rgb: [0.1, 0.35, 0.8], massKg: 0.08 } }
    tableSurfaceM: -0.01
    table: { centreM: [0.45, 0.02], yawRad: 0.05 }
guards:
  workspace: { minM: [0.28, -0.34, 0.005], maxM: [0.74, 0.34, 0.45], tableZM: -0.01 }
model:
  path: ./my-scene-model
dashboard: { enabled: false }
`,
);

test("collect, train and eval run from one launch file that changes cube, table and the arm's base", async () => {
  const collected = await cli("collect", launch, "--out", data, "--rows", "300", "--workers", "1");
  assert.equal(collected.code, 0, collected.err);
  const meta = JSON.parse(readFileSync(join(data, "meta.json"), "utf8")) as { scene: { cubeEdgeM: number }; toolHeightM: number };
  assert.equal(meta.scene.cubeEdgeM, 0.045);
  assert.ok(Math.abs(meta.toolHeightM - 0.02) < 1e-9, "the tool is held 3 cm above the table, wherever that is");

  const trained = await cli("train", launch, "--data", data, "--steps", "2");
  assert.equal(trained.code, 0, trained.err);
  assert.match(trained.out, /told from the embedding: linear \d+\.\d\d cm, network \d+\.\d\d cm/);
  assert.match(trained.out, /1 ahead {7}latent error \d+\.\d{3} of standing still/);
  assert.match(trained.out, /^memory {9}\d{2,} MiB resident at most$/m);

  const evaluated = await cli(
    "eval",
    "--launch",
    launch,
    "--episodes",
    "1",
    "--seed",
    "600",
    "planner.samples:=16",
    "planner.iterations:=1",
  );
  assert.equal(evaluated.code, 0, evaluated.err);
  assert.match(evaluated.out, /push, mode2, lockstep: [01] of 1 episodes succeeded/);
});

test("label-free play runs from the same file, and training goes on with it", async () => {
  const free = join(folder, "free");
  const collected = await cli("collect", launch, "--play", "free", "--out", free, "--rows", "300", "--workers", "1");
  assert.equal(collected.code, 0, collected.err);
  assert.ok(Number(/: (\d+) decisions of free play, standing still in \d+ % of them/.exec(collected.out)?.[1]) >= 300, collected.out);
  const trained = await cli("train", launch, "--data", free, "--steps", "2", "--from", model, "--out", join(folder, "free-model"));
  assert.equal(trained.code, 0, trained.err);
});

test("a table that is moved without the workspace is refused with what to move", async () => {
  const { code, err } = await cli("check", launch, "backend.scene.table.centreM:=[0.6, 0.3]");
  assert.equal(code, 2, err);
  assert.match(
    err,
    /backend\.scene\.table.*puts a corner of the work area at .* outside guards\.workspace; move the workspace with the table/s,
  );
});

test("the model of one scene's cameras is refused with other cameras' data", async () => {
  const moved = join(folder, "moved.launch.yaml");
  const camera = (name: string, x: number): string =>
    `  - { name: ${name}, widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [${x}, 0, 0.5], targetM: [0.5, 0, 0.03] }`;
  writeFileSync(moved, `include: ${launch}\ncameras:\n${camera("front", 1)}\n${camera("side", 1.1)}\n`);
  const { code, err } = await cli("train", moved, "--data", data, "--out", model, "--steps", "2");
  assert.equal(code, 2, err);
  assert.match(err, /data\.mismatch: .*camera 0 is .*collect with this launch file, or train with the one it was collected with/);
});
