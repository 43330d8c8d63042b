/** What a recording may replace, what it says at its end, how it is split and stopped, and how one that was cut off is noticed. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Frame } from "../../../runtime/core/sensing.ts";
import { plain } from "../../../runtime/record/channels/exact.ts";
import type { RunRecording } from "../../../runtime/record/reading.ts";
import { openRecorder, type RecorderOptions, tryRecording, trySaving } from "../../../runtime/record/recorder.ts";
import { readRecording } from "../../../runtime/record/recording.ts";
import { fillDiskOf, noFullDisk } from "../../helpers/full-disk.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-recorder-"));
after(() => rmSync(folder, { recursive: true }));

const optionsFor = (file: string | null, changes: Partial<RecorderOptions> = {}): RecorderOptions => ({
  file,
  force: false,
  splitBytes: 2 ** 30,
  splitS: 3600,
  minFreeBytes: 1,
  last: null,
  facts: runFacts,
  pictures: "png",
  atNs: 0n,
  onStopped: (said) => assert.fail(said),
  ...changes,
});

/** What no compression makes smaller than a chunk. */
function noiseAt(stampNs: bigint): Frame {
  const [widthPx, heightPx, rng] = [400, 300, createRng(Number(stampNs % 1000n))];
  const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, () => Math.floor(rng.between(0, 256)));
  return { camera: "front", widthPx, heightPx, rgb, stampNs, receivedNs: stampNs };
}

/** Two seconds of a camera and joints, and ten decisions. */
async function record(file: string | null, changes: Partial<RecorderOptions> = {}): Promise<string> {
  const recorder = await openRecorder(optionsFor(file, changes));
  recorder.tell({ kind: "goal", what: { kind: "image", frames: [frameAt(1n)] }, atNs: 1n });
  for (let index = 0; index < 10; index++) {
    const atNs = BigInt(index + 1) * 200_000_000n;
    recorder.tell({ kind: "sample", what: { kind: "frame", frame: frameAt(atNs) }, atNs });
    recorder.tell({ kind: "sample", what: jointsAt(atNs), atNs });
    recorder.tell({ kind: "tick", what: tickAt(index, atNs), atNs });
  }
  if (changes.last) assert.match((await recorder.saveLast("last")).said, /saved the last/);
  return (await recorder.finish()).said ?? "";
}

test("a recording is read back as what was told, to the last bit and pixel", async () => {
  const file = join(folder, "exact.mcap");
  await record(file);
  const { header, goalFrames, samples, segments, decisions, missing } = await readRecording(file);
  assert.equal(missing, null);
  assert.deepEqual([header.robot, header.config, header.modelHash], ["two-joint", { seed: 1 }, "abc"]);
  assert.deepEqual(goalFrames, [{ ...frameAt(1n), receivedNs: 1n }]);
  assert.deepEqual(samples.slice(0, 2), [{ kind: "frame", frame: frameAt(200_000_000n) }, jointsAt(200_000_000n)]);
  const joints = samples[1];
  assert.ok(joints?.kind === "joints" && Object.is(joints.joints.positionRad[1], -0), "a negative zero stays one");
  assert.deepEqual(
    segments,
    decisions.map((_, index) => tickAt(index, BigInt(index + 1) * 200_000_000n).decision.segment),
  );
  assert.deepEqual(decisions[3], plain(tickAt(3, 800_000_000n).decision));
});

test("a recording that is there is replaced only when it is asked for, and no other file ever", async () => {
  const file = join(folder, "run.mcap");
  assert.match(await record(file), /recorded 10 decisions in .*run\.mcap; foresight replay .*run\.mcap makes them again/);
  const before = readFileSync(file);
  for (const refused of [record(file), tryRecording(file, false)]) {
    await assert.rejects(refused, {
      code: "launch.invalid",
      message: /record: cannot write .*run\.mcap \(there is a recording already: --force replaces it\)/,
    });
  }
  assert.deepEqual(readFileSync(file), before);
  await tryRecording(file, true);
  assert.match(await record(file, { force: true }), /recorded 10 decisions/);
  const thesis = join(folder, "thesis.txt");
  writeFileSync(thesis, "years of work\n");
  const foreign = join(folder, "rosbag.mcap");
  writeFileSync(foreign, Buffer.from(Buffer.from(before).toString("latin1").replace("foresight", "libmcap 1"), "latin1"));
  symlinkSync(file, join(folder, "link.mcap"));
  for (const other of [thesis, foreign, join(folder, "link.mcap"), folder])
    await assert.rejects(record(other, { force: true }), { code: "launch.invalid" }, other);
  assert.equal(readFileSync(thesis, "utf8"), "years of work\n");
});

test("a recording whose folder vanished meanwhile is not said to be there", async () => {
  mkdirSync(join(folder, "gone"));
  const recorder = await openRecorder(optionsFor(join(folder, "gone", "run.mcap")));
  rmSync(join(folder, "gone"), { recursive: true });
  const { said, isKept } = await recorder.finish();
  assert.match(said ?? "", /recording .*run\.mcap is not whole: the file, or its folder, is gone/);
  assert.equal(isKept, true, "whoever removes it does not make the run fail");
});

test("a disk that is full when the run ends is told: there is no room for the end of the recording, so it is not whole", {
  skip: noFullDisk,
}, async () => {
  const file = join(folder, "end.mcap");
  const stopped: string[] = [];
  const recorder = await openRecorder(optionsFor(file, { onStopped: (said) => stopped.push(said) }));
  fillDiskOf(file);
  const { said, isKept } = await recorder.finish();
  assert.match(said ?? "", /recording .*end\.mcap is not whole: it ends after 0 decisions, /);
  assert.equal(isKept, false);
  assert.equal(stopped.length, 1);
});

test("a folder that does not exist is refused, and trying leaves no trace", async () => {
  const refusal = { code: "launch.invalid", message: /ENOENT.*name a new file in a folder that exists/ };
  await assert.rejects(tryRecording(join(folder, "no", "run.mcap"), false), refusal);
  await assert.rejects(record(join(folder, "no", "run.mcap")), refusal);
  await tryRecording(join(folder, "new.mcap"), false);
  assert.ok(!readdirSync(folder).includes("new.mcap"));
});

test("what lies in a file instead of a folder is refused as that, for a recording and for the newest seconds alike, before a run", async () => {
  const notes = join(folder, "notes.txt");
  writeFileSync(notes, "years of work\n");
  await assert.rejects(tryRecording(join(notes, "run.mcap"), false), {
    code: "launch.invalid",
    message: /ENOTDIR: .*notes\.txt is a file/,
  });
  for (const bad of [notes, join(notes, "last"), "/dev/null"])
    await assert.rejects(
      trySaving("record.last", bad),
      { code: "launch.invalid", message: /^record\.last: cannot write into .* is a file\); name a folder/ },
      bad,
    );
  await trySaving("record.folder", join(folder, "not", "there", "yet"));
  assert.ok(!readdirSync(folder).includes("not"), "trying leaves no trace");
});

test("a recording without its end, or with bytes changed, says what is missing", async () => {
  const file = join(folder, "whole.mcap");
  await record(file);
  const bytes = readFileSync(file);
  truncateSync(file, bytes.length - 1500);
  assert.equal((await readRecording(file)).missing, null, "only the index is cut off");
  const chunks = [...bytes.toString("latin1").matchAll(/zstd/g)].map(({ index }) => index); // In the data first, then in the index.
  truncateSync(file, chunks[chunks.length / 2 - 1]!); // Within the last chunk, which holds the end.
  assert.match((await readRecording(file)).missing ?? "", /cut off: its end is missing, behind 10 decisions \(it ends within a record/);
  const changed = Uint8Array.from(bytes);
  changed[bytes.indexOf("zstd") + 200]! ^= 0xff; // Within the first chunk.
  writeFileSync(file, changed);
  await assert.rejects(readRecording(file), { code: "launch.invalid", message: /whole\.mcap: it says nothing on \/run/ });
});

test("whatever bytes of a recording are changed, it is read, said to lack something or refused in words, and nothing else happens", async () => {
  const file = join(folder, "fuzzed.mcap");
  await record(file);
  const bytes = readFileSync(file);
  const rng = createRng(3);
  let noticed = 0;
  for (let round = 0; round < 150; round++) {
    const changed = Uint8Array.from(bytes);
    for (let count = 0; count < 3; count++) changed[Math.floor(rng.between(0, bytes.length))]! ^= 1 << Math.floor(rng.between(0, 8));
    writeFileSync(file, round % 3 === 0 ? changed.subarray(0, Math.floor(rng.between(1, bytes.length))) : changed);
    const found = await readRecording(file).catch((error: unknown) => error);
    if (found instanceof Error) assert.ok(found instanceof AgentError && found.code === "launch.invalid", `round ${round}: ${found.stack}`);
    if (found instanceof Error || (found as RunRecording).missing !== null) noticed++;
  }
  assert.ok(noticed > 20, `${noticed} of 150 were noticed; most bytes are of schemas, which nobody reads`);
});

test("a long recording goes on in further files, and is read as one", async () => {
  const file = join(folder, "long.mcap");
  assert.match(await record(file, { splitBytes: 1 }), /recorded 10 decisions in .*long\.mcap and \d more that follow it/);
  assert.equal((await readRecording(file)).missing, null);
  const second = await readRecording(join(folder, "long.2.mcap"));
  assert.deepEqual([second.header.robot, second.goalFrames.length], ["two-joint", 1], "each file says what it is of");
  await assert.rejects(record(file), { message: /there is a recording already/ });
  const parts = readdirSync(folder).filter((name) => name.startsWith("long"));
  assert.ok(parts.length >= 3, parts.join(", "));
  rmSync(join(folder, "long.2.mcap"));
  assert.match((await readRecording(file)).missing ?? "", /it goes on in .*long\.2\.mcap, which is not there/);
});

test("a recording is split by its own time too", async () => {
  const file = join(folder, "hours.mcap");
  const recorder = await openRecorder(optionsFor(file, { splitS: 60 }));
  for (let minute = 0; minute < 5; minute++) {
    const atNs = BigInt(minute) * 60_000_000_000n;
    recorder.tell({ kind: "tick", what: tickAt(minute, atNs), atNs });
    recorder.tell({ kind: "sample", what: { kind: "frame", frame: noiseAt(atNs) }, atNs }); // Fills a chunk.
  }
  assert.match((await recorder.finish()).said ?? "", /recorded 5 decisions in .*hours\.mcap and \d more that follow it/);
  assert.deepEqual([(await readRecording(file)).missing, (await readRecording(file)).decisions.length], [null, 5]);
});

test("where the disk has less room than is asked for nothing is begun", async () => {
  await assert.rejects(record(join(folder, "full.mcap"), { minFreeBytes: 2 ** 60 }), {
    code: "launch.invalid",
    message: /full\.mcap \(\d+ MB are free on the disk of .*, at least 1099511627776 must be\)/,
  });
});

test("what the thread has no room for is left out, pictures first, and said at the end and by whoever reads it", async () => {
  const file = join(folder, "behind.mcap");
  const recorder = await openRecorder(optionsFor(file));
  const noise = noiseAt(1n);
  const [told, taken] = [120, Math.ceil(2 ** 25 / (noise.rgb.length + 200))]; // Half of 64 MB; the thread cannot say that it has written any before all are told.
  for (let at = 1n; at <= told; at++) {
    const frame = { ...noise, stampNs: at, receivedNs: at };
    recorder.tell({ kind: "sample", what: { kind: "frame", frame }, atNs: at });
  }
  recorder.tell({ kind: "tick", what: tickAt(0, 200n), atNs: 200n });
  const { said, dropped, isKept } = await recorder.finish();
  assert.deepEqual([dropped, isKept], [told - taken, false]);
  assert.match(said ?? "", new RegExp(`is not whole: ${told - taken} news were left out while disk and encoder were behind`));
  const { samples, decisions, missing } = await readRecording(file);
  assert.deepEqual([samples.length, decisions.length], [taken, 1]);
  assert.match(missing ?? "", new RegExp(`^the recording is not whole: ${told - taken} news were left out`));
});

test("the newest seconds are saved as a run of their own, whether or not all is recorded, and in nobody's place", async () => {
  const last = { seconds: 1, folder: join(folder, "saved") };
  assert.equal(await record(null, { last }), "");
  await record(null, { last });
  assert.deepEqual(readdirSync(last.folder).sort(), ["last-2.mcap", "last.mcap"]);
  const { missing, decisions, header, goalFrames } = await readRecording(join(last.folder, "last.mcap"));
  assert.match(missing ?? "", /^it holds the last \d\.\d s of a run only/);
  assert.deepEqual([decisions.length, header.robot, goalFrames.length], [10, "two-joint", 1]);
});
