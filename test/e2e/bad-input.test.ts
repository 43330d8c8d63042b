import assert from "node:assert/strict";
import { cpSync, mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { cli } from "../helpers/cli.ts";
import { TINY_CAMERAS, writeTinyModel } from "../helpers/tiny-model.ts";

const PUSH = "launch/panda-push.launch.yaml";
const model = writeTinyModel();
const folder = mkdtempSync(join(tmpdir(), "foresight-bad-"));

/** A launch file that includes the shipped one and says something else. */
function launchWith(text: string): string {
  const path = join(folder, `${Math.abs(hash(text))}.launch.yaml`);
  writeFileSync(path, `include: ${join(process.cwd(), PUSH)}\n${text}\n`);
  return path;
}
const hash = (text: string): number => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7);

async function refused(args: string[], ...expected: RegExp[]): Promise<void> {
  const { code, err } = await cli(...args);
  assert.equal(code, 2, err);
  for (const pattern of expected) assert.match(err, pattern);
  assert.doesNotMatch(err, /\n\s+at /, "no stack for what the world did wrong");
}

test("an unknown key is refused with the nearest valid name", () =>
  refused(["check", launchWith("planer: { samples: 4 }")], /launch\.invalid/, /planer/, /planner/));

test("a key in another unit is refused with the right key and unit", () =>
  refused(["check", launchWith("guards: { maxObservationAgeS: 0.4 }")], /maxObservationAgeS/, /maxObservationAgeMs/));

test("a mistyped override is refused with the nearest valid name", () =>
  refused(["check", PUSH, "planner.sampels:=64"], /planner\.sampels/, /"samples"/));

test("a missing model is named with its path", () =>
  refused(
    ["run", PUSH, "model.path:=/no/such/model"],
    /model\.missing/,
    /model package \/no\/such\/model: is not there; make it with "foresight collect/,
  ));

test("a truncated model file is corrupt, whatever model.json says", async () => {
  const damaged = join(folder, "damaged");
  cpSync(model, damaged, { recursive: true });
  truncateSync(join(damaged, "predictor.onnx"), 100);
  await refused(["check", PUSH, `model.path:=${damaged}`], /model\.corrupt/, /predictor\.onnx/, /sha256/);
});

test("a model with other action axes does not fit the skill", () =>
  refused(
    ["check", PUSH, `model.path:=${writeTinyModel({ axes: ["x", "y", "z"], spec: { toolHeightM: null } })}`],
    /model\.mismatch/,
    /x, y, z/,
  ));

test("a model trained with other cameras does not fit", () => {
  const cameras = TINY_CAMERAS.map((camera) => ({ ...camera, positionM: [1, 1, 1] as const }));
  return refused(["check", PUSH, `model.path:=${writeTinyModel({ cameras })}`], /model\.mismatch/, /camera "front"/, /position/);
});

test("goal pictures of another size are refused before anything moves", async () => {
  for (const { name } of TINY_CAMERAS) {
    const rgb = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => index % 251);
    await sharp(rgb, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toFile(join(folder, `${name}.png`));
  }
  const files = TINY_CAMERAS.map(({ name }) => `${name}: ${join(folder, `${name}.png`)}`).join(", ");
  const launch = launchWith(`task: { skill: push, goal: { kind: image, source: files, files: { ${files} } } }`);
  const run = ["run", launch, `model.path:=${model}`, "backend.mode:=lockstep", "dashboard.enabled:=false"];
  await refused(run, /goal\.mismatch/, /32x32 px/, /64x64 px/);
});

test("a tool goal outside the workspace is refused before anything moves", async () => {
  const reach = writeTinyModel({ axes: ["x", "y", "z"], spec: { toolHeightM: null } });
  const launch = launchWith("task: { skill: reach, goal: { kind: tool, positionM: [2, 0, 0.2] } }");
  const run = ["run", launch, `model.path:=${reach}`, "backend.mode:=lockstep", "dashboard.enabled:=false"];
  await refused(run, /tool x 2 m is outside the workspace \[0\.28, 0\.74\] m/);
});

test("a training of no length, or of one network without a model to keep, is refused", async () => {
  await refused(["train", PUSH, "--data", folder, "--minutes", "0"], /--minutes/, /0/);
  await refused(["train", PUSH, "--data", folder, "--steps", "1.5"], /--steps/);
  await refused(["train", PUSH, "--data", folder, "--only", "uncertainty"], /launch\.invalid/, /name it with --from/);
});

test("training and practice on a folder without data say what to do", async () => {
  await refused(["train", PUSH, "--data", join(folder, "nothing"), "--minutes", "1"], /data\.missing/, /foresight collect/);
  await refused(["practise", PUSH, `model.path:=${model}`, "--data", join(folder, "nothing")], /data\.missing/, /foresight collect/);
});

test("an occupied port is named with the remedy", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await refused(
    ["run", PUSH, `model.path:=${model}`, "backend.mode:=lockstep", `dashboard.port:=${port}`],
    /dashboard\.port/,
    /EADDRINUSE/,
    /dashboard\.port:=0/,
  );
  server.close();
});

test("an option that was given nothing, as by a variable that is not set, is refused before the command begins", async () => {
  await refused(["doctor", "--json", ""], /^error: option "--json <file>" was given nothing; leave it out, or say what$/m);
  await refused(["goal", "capture", PUSH, "--out="], /option "--out <folder>" was given nothing/);
});

test("what a run could not keep is refused before it begins, also by `check`: its state, its newest seconds, what is recorded when asked", async () => {
  await refused(["check", PUSH, `model.path:=${model}`, "state:=/dev/null"], /state\.unwritable: state \/dev\/null/);
  await refused(
    ["run", PUSH, `model.path:=${model}`, "record:={ last: { folder: /dev/null } }"],
    /record\.last: cannot write into \/dev\/null/,
  );
  await refused(["check", PUSH, `model.path:=${model}`, "record:={ folder: /dev/null }"], /record\.folder: cannot write into \/dev\/null/);
});
