/** K: recordings that have no room, are cut off, changed, or of another kind. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecorder } from "../../runtime/record/recorder.ts";
import { readRecording } from "../../runtime/record/recording.ts";
import { recover } from "../../runtime/record/recover.ts";
import { changeMcap } from "../helpers/change-mcap.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../helpers/run-news.ts";
import { type FaultCase, refused } from "./case.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-recordings-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Two seconds of a run. */
async function record(name: string, minFreeBytes = 1): Promise<string> {
  const file = join(folder, name);
  const recorder = await openRecorder({
    ...{ file, force: false, splitBytes: 2 ** 30, splitS: 3600, minFreeBytes, last: null },
    ...{ facts: runFacts, pictures: "png", atNs: 0n, onStopped: assert.fail },
  });
  for (let index = 0; index < 10; index++) {
    const atNs = BigInt(index + 1) * 200_000_000n;
    recorder.tell({ kind: "sample", what: { kind: "frame", frame: frameAt(atNs) }, atNs });
    recorder.tell({ kind: "sample", what: jointsAt(atNs), atNs });
    recorder.tell({ kind: "tick", what: tickAt(index, atNs), atNs });
  }
  await recorder.finish();
  return file;
}

/** The thread that writes gets no word in while 100 MB are told: none of it waits longer than memory has room for. */
async function behindItsDisk(): Promise<void> {
  const [widthPx, heightPx] = [512, 512];
  const recorder = await openRecorder({
    ...{ file: join(folder, "slow.mcap"), force: false, splitBytes: 2 ** 30, splitS: 3600, minFreeBytes: 1, last: null },
    ...{ facts: runFacts, pictures: "png", atNs: 0n, onStopped: assert.fail },
  });
  for (let index = 0; index < 128; index++) {
    const atNs = BigInt(index + 1) * 10_000_000n;
    const frame = { ...frameAt(atNs), widthPx, heightPx, rgb: new Uint8Array(3 * widthPx * heightPx) };
    recorder.tell({ kind: "sample", what: { kind: "frame", frame }, atNs });
    recorder.tell({ kind: "sample", what: jointsAt(atNs), atNs });
  }
  const { dropped, said } = await recorder.finish();
  assert.match(said ?? "", /is not whole: \d+ news were left out while disk and encoder were behind/);
  assert.ok(dropped >= 20 && dropped < 128, `${dropped} of 128 pictures were left out, and no reading of the joints`);
}

/** Within its last chunk, as a kill leaves it. */
function cutOff(file: string): void {
  const chunks = [...readFileSync(file).toString("latin1").matchAll(/zstd/g)].map(({ index }) => index); // In the data first, then in the index.
  truncateSync(file, chunks[chunks.length / 2 - 1]!);
}

const REFUSED = { deadline: "at once", safeState: "nothing of it is decided again" } as const;

export const RECORDING_CASES: readonly FaultCase[] = [
  refused(
    {
      id: "K1b",
      fault: "less of the disk is free than asked for, at the start of a recording",
      detectedBy: "recorder, launch.invalid",
    },
    () => assert.rejects(record("full.mcap", 2 ** 60), { code: "launch.invalid", message: /MB are free on the disk of/ }),
  ),
  refused(
    {
      id: "K2",
      fault: "a disk that does not keep up",
      detectedBy: "recorder, counted",
      deadline: "at once",
      safeState: "the arm goes on without it; what has no room in memory is left out, pictures first",
      recovered: "by itself; the report says how much is missing",
    },
    behindItsDisk,
  ),
  refused(
    { id: "K5", fault: "a recording with a record that claims gigabytes", detectedBy: "reader, launch.invalid", ...REFUSED },
    async () => {
      const file = join(folder, "claims.mcap");
      const claim = new Uint8Array(9);
      claim[0] = 1;
      new DataView(claim.buffer).setBigUint64(1, 3_000_000_000n, true);
      writeFileSync(file, Buffer.concat([readFileSync(await record("short.mcap")).subarray(0, 8), claim]));
      truncateSync(file, 3_500_000_000); // Without a byte on the disk.
      await assert.rejects(readRecording(file), { code: "launch.invalid", message: /a record has more than 67108864 bytes/ });
    },
  ),
  refused(
    {
      id: "K3",
      fault: "the recording process is killed while it writes",
      detectedBy: "reader",
      deadline: "at once",
      safeState: "what was written before is read, and it says what is missing",
      recovered: "foresight recover makes it whole",
    },
    async () => {
      const file = await record("killed.mcap");
      cutOff(file);
      assert.match((await readRecording(file)).missing ?? "", /cut off/);
      const whole = join(folder, "whole.mcap");
      await recover(file, whole, false);
      assert.ok((await readRecording(whole)).decisions.length > 0);
    },
  ),
  refused({ id: "K4", fault: "the folder of a recording is not there", detectedBy: "recorder, launch.invalid" }, () =>
    assert.rejects(record(join("nowhere", "run.mcap")), { code: "launch.invalid", message: /name a new file in a folder that exists/ }),
  ),
  refused(
    { id: "K6", fault: "a recording whose messages are not in order", detectedBy: "reader, launch.invalid", ...REFUSED },
    async () => {
      const file = join(folder, "disordered.mcap");
      await changeMcap(await record("good.mcap"), file, (entry) => (entry.topic === "/latent" ? null : entry.data));
      await assert.rejects(readRecording(file), { code: "launch.invalid", message: /decision 0 has no \/latent before its \/tick/ });
    },
  ),
  refused({ id: "K7", fault: "a recording of another format", detectedBy: "reader, launch.invalid", ...REFUSED }, async () => {
    const file = join(folder, "another.mcap");
    const other = (text: string): Uint8Array => new TextEncoder().encode(text.replace('"format":2', '"format":3'));
    await changeMcap(await record("ours.mcap"), file, ({ topic, data }) =>
      topic === "/run" ? other(new TextDecoder().decode(data)) : data,
    );
    await assert.rejects(readRecording(file), { code: "launch.invalid", message: /format/ });
  }),
];
