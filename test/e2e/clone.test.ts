/** The foresight command in a clone that was installed and not built, called there and from another folder. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { packageRoot } from "../../runtime/core/package-root.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-clone-"));
const clone = join(folder, "clone");
const elsewhere = join(folder, "elsewhere");
const SOURCES = ["launch", "runtime", "skills", "robots", "sim", "package.json", "package-lock.json"];
const SMALL_PLAN = ["dashboard.enabled:=false", "planner.samples:=32", "planner.iterations:=1"];

before(() => {
  for (const name of SOURCES) cpSync(join(packageRoot, name), join(clone, name), { recursive: true });
  symlinkSync(join(packageRoot, "node_modules"), join(clone, "node_modules"));
  mkdirSync(elsewhere);
});
after(() => rmSync(folder, { recursive: true }));

function run(cwd: string, command: string, ...args: string[]) {
  const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_offline: "true" };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 120_000 });
  return { status, stdout, stderr };
}

test("npx foresight works in a clone without a build", () => {
  const { status, stdout, stderr } = run(clone, "npx", "foresight", "check");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /everything fits/);
});

test("a clone's command drives the arm from another folder, its keeper process too", () => {
  const { status, stdout, stderr } = run(elsewhere, join(clone, "launch/foresight.mjs"), "run", ...SMALL_PLAN);
  assert.ok(status === 0 || status === 1, stderr); // Whether so small a planner gets there does not matter here.
  assert.match(stdout, /^decisions +[1-9]\d* \(realtime\)$/m, stderr);
});

test("a build older than the sources is left alone, and a newer one is run", () => {
  const built = join(clone, "dist/launch/main.js");
  mkdirSync(join(clone, "dist/launch"), { recursive: true });
  writeFileSync(built, 'console.log("the build");\n');
  const answered = (): string => run(clone, process.execPath, "launch/foresight.mjs", "--version").stdout;
  assert.equal(answered(), "the build\n");
  utimesSync(built, 1, 1);
  assert.match(answered(), /^\d+\.\d+\.\d+/);
  rmSync(join(clone, "dist"), { recursive: true });
});

test("a clone with neither a build nor tsx says what to do", () => {
  rmSync(join(clone, "node_modules"));
  const { status, stderr } = run(clone, process.execPath, "launch/foresight.mjs", "--help");
  assert.equal(status, 2);
  assert.equal(stderr, "foresight: this clone has neither a build nor tsx to run its sources: `npm ci`, or `npm run build`\n");
});
