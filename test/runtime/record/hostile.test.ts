/** Recordings that are whole as MCAP and wrong in what they say: each is refused in words. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Entry } from "../../../runtime/record/mcap/read.ts";
import { openRecorder } from "../../../runtime/record/recorder.ts";
import { readRecording } from "../../../runtime/record/recording.ts";
import { changeMcap } from "../../helpers/change-mcap.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-hostile-"));
after(() => rmSync(folder, { recursive: true }));
const good = join(folder, "good.mcap");

before(async () => {
  const recorder = await openRecorder({
    ...{ file: good, force: false, splitBytes: 2 ** 30, splitS: 3600, minFreeBytes: 1, last: null },
    ...{ facts: runFacts, pictures: "png", atNs: 0n, onStopped: assert.fail },
  });
  recorder.tell({ kind: "sample", what: { kind: "frame", frame: frameAt(1n) }, atNs: 6n });
  recorder.tell({ kind: "sample", what: jointsAt(5n), atNs: 7n });
  recorder.tell({ kind: "tick", what: tickAt(0, 5n), atNs: 8n });
  await recorder.finish();
});

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = ({ data }: Entry) => new TextDecoder().decode(data);
const replaced = (topic: string, from: RegExp | string, to: string) => (entry: Entry) =>
  entry.topic === topic ? bytesOf(textOf(entry).replace(from, to)) : entry.data;

const cases: readonly (readonly [string, (entry: Entry) => Uint8Array | null, RegExp])[] = [
  [
    "a configuration nested 20,000 deep",
    replaced("/run", '"config":{"seed":1}', `"config":${"[".repeat(20_000)}${"]".repeat(20_000)}`),
    /nested more than 64 deep/,
  ],
  ["a period that is no number", replaced("/run", '"periodS":0.2', '"periodS":"NaN"'), /periodS/],
  ["another format", replaced("/run", '"format":2', '"format":3'), /format/],
  ["text in the place of a joint", replaced("/joints", '"position":0.1', '"position":"far"'), /position/],
  ["a picture that is none", replaced("/camera/front", /"data":"[^"]*"/, '"data":"aGVsbG8="'), /unsupported image format/],
  ["a picture of another kind", replaced("/camera/front", '"format":"png"', '"format":"svg"'), /format/],
  [
    "a decision without its latent",
    (entry) => (entry.topic === "/latent" ? null : entry.data),
    /decision 0 has no \/latent before its \/tick/,
  ],
  ["a verdict that nobody gives", replaced("/verdict", '"clip"', '"perhaps"'), /verdict/],
  ["a key twice", replaced("/tick", '{"index":0', '{"index":0,"index":1'), /the key "index" is there twice/],
  ["bytes that are no text", (entry) => (entry.topic === "/segment" ? Uint8Array.of(0xff, 0xfe) : entry.data), /not valid|encoded data/],
];
for (const [what, change, why] of cases) {
  test(`${what} is refused in words`, async () => {
    const file = join(folder, `${cases.findIndex(([name]) => name === what)}.mcap`);
    await changeMcap(good, file, change);
    await assert.rejects(readRecording(file), (error: Error & { code?: string }) => {
      assert.equal(error.code, "launch.invalid", error.stack);
      assert.match(error.message, why);
      return true;
    });
  });
}

test("messages that were left out are missed", async () => {
  const file = join(folder, "fewer.mcap");
  await changeMcap(good, file, (entry) => (entry.topic === "/joints" ? null : entry.data));
  assert.match((await readRecording(file)).missing ?? "", /\d+ messages with 1 decisions were written, \d+ with 1 are there/);
});

test("a record that claims gigabytes is read no further than any of ours is long", async () => {
  const file = join(folder, "claims.mcap");
  const record = new Uint8Array(9);
  record[0] = 1;
  new DataView(record.buffer).setBigUint64(1, 3_000_000_000n, true);
  writeFileSync(file, Buffer.concat([readFileSync(good).subarray(0, 8), record]));
  truncateSync(file, 3_500_000_000); // Without a byte on the disk.
  await assert.rejects(readRecording(file), /a record has more than 67108864 bytes/);
});
