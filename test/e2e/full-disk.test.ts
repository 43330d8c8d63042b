/** A disk that is really full (a small tmpfs): collect and train stop with a clear error, what was whole stays whole, and with space they end in the same bytes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cli } from "../helpers/cli.ts";

const LAUNCH = "launch/panda-push.launch.yaml";
const folder = mkdtempSync(join(tmpdir(), "foresight-full-"));
const disk = join(folder, "disk");
const ample = join(folder, "ample");
const mountable = ((): string | null => {
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "pipe" });
    return null;
  } catch (error) {
    return `mounting a small disk is not allowed here: ${String(error).split("\n")[0]}`;
  }
})();
const resize = (size: string): Buffer => execFileSync("mount", ["-o", `remount,size=${size}`, disk]);

/** Takes every byte of the disk. */
function fill(): string {
  const path = join(disk, "fill");
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, new Uint8Array(4096));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    closeSync(file);
  }
  return path;
}

const collect = (out: string) => cli("collect", LAUNCH, "--out", out, "--rows", "300", "--workers", "1");
const train = (at: string) =>
  cli(
    "train",
    LAUNCH,
    "dashboard.enabled:=false",
    "--data",
    join(ample, "data"),
    "--out",
    join(at, "model"),
    "--work",
    join(at, "work"),
    "--steps",
    "2",
  );
const bytes = (at: string, pattern: RegExp): Buffer[] =>
  readdirSync(at)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => readFileSync(join(at, name)));

test("on a full disk collect and train stop with the reason and the remedy; with space the same command ends in the same bytes", {
  skip: mountable ?? false,
}, async (context) => {
  context.after(() => execFileSync("umount", [disk]));
  assert.equal((await collect(join(ample, "data"))).code, 0);
  const leavesNothing = fill();
  assert.match((await collect(join(disk, "data"))).err, /ENOSPC/);
  rmSync(leavesNothing);
  const full = await collect(join(disk, "data"));
  assert.equal(full.code, 2, full.err);
  assert.match(full.err, /data\.corrupt: .*could not be written \(ENOSPC.*free some space and give the same command again/);
  resize("64m");
  assert.equal((await collect(join(disk, "data"))).code, 0);
  assert.deepEqual(bytes(join(disk, "data"), /^shard/), bytes(join(ample, "data"), /^shard/));

  assert.equal((await train(ample)).code, 0);
  resize("24m"); // The data and the first checkpoint fit, not all of them.
  const stopped = await train(disk);
  assert.equal(stopped.code, 2, stopped.err);
  assert.match(
    stopped.err,
    /train\.checkpoint: .*could not be written \(ENOSPC.*the last checkpoint is whole: free some space and give the same command again/,
  );
  resize("512m");
  const resumed = await train(disk);
  assert.equal(resumed.code, 0, resumed.err);
  assert.deepEqual(bytes(join(disk, "model"), /\.onnx$/), bytes(join(ample, "model"), /\.onnx$/));
});
