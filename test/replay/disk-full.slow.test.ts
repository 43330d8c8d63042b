/** A disk that is full, or nearly: recording stops with a sentence, whoever feeds it goes on, and what was written before is read. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readRecording } from "../../runtime/record/recording.ts";
import { smallDisk } from "./disk.ts";

const HELPER = fileURLToPath(new URL("../../launch/measure/bench/record/worker.ts", import.meta.url));
const DISK_MB = 12;
/** A second of what the helper tells. */
const TOLD_AFTER = 250;

/** Records until it was stopped and some more, then ends in good order. */
async function fill(start: readonly string[], file: string, freeMB: number) {
  const [command = "", ...args] = [...start, process.execPath, "--import", "tsx", HELPER, file, "320", `${freeMB}`];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let stopped: string | null = null;
  let toldAfter = 0;
  let finished = { said: "", isKept: true };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("stopped ")) stopped = line.slice(8);
    else if (line.startsWith("finished ")) finished = JSON.parse(line.slice(9));
    else if (stopped !== null && ++toldAfter === TOLD_AFTER) child.stdin.write("finish\n");
  }
  const [code] = await exited;
  return { stopped: stopped ?? "", toldAfter, code, ...finished };
}

test("where less of the disk is free than was asked for, recording stops and everything else goes on", async (t) => {
  using disk = smallDisk(DISK_MB);
  t.diagnostic(disk.kind);
  const file = join(disk.folder, "run.mcap");
  const { stopped, toldAfter, code, said, isKept } = await fill(disk.start, file, disk.isDisk ? 6 : 1);
  assert.match(
    stopped,
    disk.isDisk ? /^recorder: stopped, \d MB are free on the disk of .*, at least 6 must be; the arm goes on$/ : /EFBIG.*the arm goes on$/,
  );
  assert.ok(toldAfter >= TOLD_AFTER, `${toldAfter} news were told after it`);
  assert.equal(code, 0);
  assert.match(said, /run\.mcap is not whole: it ends after \d+ decisions, /);
  assert.equal(isKept, false);
  const { decisions, samples, missing } = await readRecording(file);
  assert.ok(decisions.length > 0 && samples.length > 20, `${decisions.length} decisions, ${samples.length} samples`);
  if (disk.isDisk) assert.match(missing ?? "", /^the recording ended before the run did: \d MB are free/);
});

test("where the disk is full to the last byte, what was written before is read, cut off at most behind a chunk", async (t) => {
  using disk = smallDisk(DISK_MB);
  t.diagnostic(disk.kind);
  const file = join(disk.folder, "run.mcap");
  const { stopped, toldAfter, code, said, isKept } = await fill(disk.start, file, 0);
  assert.match(stopped, /^recorder: stopped, E(NOSPC|FBIG): .*; the arm goes on$/);
  assert.ok(toldAfter >= TOLD_AFTER, `${toldAfter} news were told after it`);
  assert.deepEqual([code, isKept], [0, false]);
  assert.match(said, /is not whole: it ends after \d+ decisions, E/);
  const { decisions, missing } = await readRecording(file);
  assert.equal(`${decisions.length}`, /after (\d+) decisions/.exec(said)?.[1]);
  assert.match(missing ?? "", /^the recording (was cut off: its end is missing|ended before the run did)/);
});
