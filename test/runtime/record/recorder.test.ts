/** What a recording may replace, what it says at its end, and how one that was cut off is noticed. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openRecorder, tryRecording } from "../../../runtime/record/recorder.ts";
import { readRecording } from "../../../runtime/record/recording.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-recorder-"));
after(() => rmSync(folder, { recursive: true }));
const HEADER = { robot: "two-joint", mode: "lockstep", periodS: 0.2, leadMs: 0, modelHash: "abc", config: {} } as const;
const frame = { camera: "front", widthPx: 1, heightPx: 1, rgb: Uint8Array.of(1, 2, 3), stampNs: 5n, receivedNs: 6n };

async function record(path: string, force = false): Promise<string> {
  const recorder = await openRecorder(path, HEADER, { force });
  recorder.goal([frame, frame]);
  return (await recorder.finish()).said;
}

test("a recording that is there is replaced only when it is asked for, and no other file ever", async () => {
  const path = join(folder, "run.jsonl");
  assert.match(await record(path), /recorded 0 decisions in .*run\.jsonl/);
  const before = readFileSync(path, "utf8");
  for (const refused of [record(path), tryRecording(path)]) {
    await assert.rejects(refused, {
      code: "launch.invalid",
      message: /record: cannot write .*run\.jsonl \(there is a recording already: --force replaces it\)/,
    });
  }
  assert.equal(readFileSync(path, "utf8"), before);
  await tryRecording(path, { force: true });
  assert.match(await record(path, true), /recorded 0 decisions/);
  const thesis = join(folder, "thesis.txt");
  writeFileSync(thesis, "years of work\n");
  symlinkSync(path, join(folder, "link.jsonl"));
  for (const other of [thesis, join(folder, "link.jsonl"), folder])
    await assert.rejects(record(other, true), { code: "launch.invalid" }, other);
  assert.equal(readFileSync(thesis, "utf8"), "years of work\n");
});

test("a recording whose folder vanished meanwhile is not said to be there", async () => {
  mkdirSync(join(folder, "gone"));
  const recorder = await openRecorder(join(folder, "gone", "run.jsonl"), HEADER);
  rmSync(join(folder, "gone"), { recursive: true });
  const { said, isKept } = await recorder.finish();
  assert.match(said, /recording .*run\.jsonl is not whole: the file, or its folder, is gone/);
  assert.equal(isKept, true, "whoever removes it does not make the run fail");
});

test("a folder that does not exist is refused, and trying leaves no trace", async () => {
  await assert.rejects(tryRecording(join(folder, "no", "run.jsonl")), {
    code: "launch.invalid",
    message: /ENOENT.*name a file in a folder that exists/,
  });
  await tryRecording(join(folder, "new.jsonl"));
  assert.ok(!readdirSync(folder).includes("new.jsonl"));
});

test("a recording without its end, or with lines lost, says what is missing", async () => {
  const path = join(folder, "whole.jsonl");
  await record(path);
  assert.equal((await readRecording(path)).missing, null);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const changed = async (kept: readonly string[]) => {
    writeFileSync(path, `${kept.join("\n")}\n`);
    return readRecording(path);
  };
  assert.match((await changed(lines.slice(0, -1))).missing ?? "", /cut off: its end is missing, behind 0 decisions/);
  assert.match((await changed(lines.toSpliced(1, 1))).missing ?? "", /3 lines with 0 decisions were written, 2 with 0 are there/);
  await assert.rejects(changed([...lines, lines[1]!]), /line 5: the lines are out of order: this one stands behind the end/);
  await assert.rejects(changed([lines[0]!, ...lines]), /line 2: the header must be the first line, and the only one/);
});
