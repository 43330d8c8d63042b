/** The guide of robots/described/README.md from its own text: the commands as they stand there, in a newcomer's folder, only shortened. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { folderOfTest } from "../robots/described/invented.ts";
import { arms } from "./arms.ts";

const run = promisify(execFile);
const folder = folderOfTest();
/** What would take an hour is cut short; nothing else of a command is changed. */
const SHORTER: Readonly<Record<string, readonly string[]>> = {
  collect: ["--rows", "260", "--workers", "1"],
  train: ["--steps", "1"],
  eval: ["--episodes", "1"],
};

test("from a downloaded URDF to an evaluated model, every command of the guide works as it is written", async () => {
  const [block = ""] = /^(?: {4}npx .*\n)+/m.exec(readFileSync(join(packageRoot, "robots/described/README.md"), "utf8")) ?? [];
  const commands = [...block.matchAll(/^ {4}npx foresight ([^#\n]*)/gm)].map(([, words = ""]) => words.trim().split(/\s+/));
  assert.deepEqual(
    commands.map(([verb]) => verb),
    ["describe", "check", "collect", "train", "eval"],
  );
  folder.write("arm.urdf", arms[0]![2]);
  for (const [verb = "", ...words] of commands) {
    const args = [join(packageRoot, "launch/foresight.mjs"), verb, ...words, ...(SHORTER[verb] ?? [])];
    const { stdout } = await run(process.execPath, args, { cwd: folder.path });
    if (verb === "eval") assert.match(stdout, /reach, mode2, lockstep: [01] of 1 episodes succeeded/);
  }
  for (const made of ["arm.launch.yaml", "arm.png", "my-data", "arm-reach"]) assert.ok(existsSync(join(folder.path, made)), made);
});
