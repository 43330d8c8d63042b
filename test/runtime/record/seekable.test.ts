/** A recording is looked at from any instant on: each topic's newest message, over all its files, and nothing from afterwards. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { jsonOf } from "../../../runtime/record/channels/read-sample.ts";
import { type Entry, entriesOf } from "../../../runtime/record/mcap/read.ts";
import { loadZstd } from "../../../runtime/record/mcap/zstd.ts";
import { openRecorder } from "../../../runtime/record/recorder.ts";
import { openSeekable } from "../../../runtime/record/seekable.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-seekable-"));
after(() => rmSync(folder, { recursive: true }));

const PERIOD_NS = 200_000_000n;

/** Ten decisions, and a goal before them, in as many files as `splitBytes` makes. */
async function record(name: string, splitBytes = 2 ** 30): Promise<string> {
  const file = join(folder, name);
  const recorder = await openRecorder({
    ...{ file, force: false, splitBytes, splitS: 3600, minFreeBytes: 1, last: { seconds: 1, folder: join(folder, "last") } },
    ...{ facts: runFacts, pictures: "png", atNs: 0n, onStopped: assert.fail },
  });
  recorder.tell({ kind: "goal", what: { kind: "image", frames: [frameAt(1n)] }, atNs: 1n });
  for (let index = 0; index < 10; index++) {
    const atNs = BigInt(index + 1) * PERIOD_NS;
    recorder.tell({ kind: "sample", what: { kind: "frame", frame: frameAt(atNs) }, atNs });
    recorder.tell({ kind: "sample", what: jointsAt(atNs), atNs });
    recorder.tell({ kind: "tick", what: tickAt(index, atNs), atNs });
  }
  await recorder.saveLast(name.replace(".mcap", ""));
  await recorder.finish();
  return file;
}

const textOf = ({ data }: Entry) => new TextDecoder().decode(data);
const indexOf = (entry: Entry | undefined) => (entry ? (jsonOf(entry.data) as { index: number }).index : null);
async function all(entries: AsyncIterable<Entry>): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

for (const [many, splitBytes] of [
  ["one file", 2 ** 30],
  ["several files", 1],
] as const) {
  test(`at an instant ${many} tell what each topic said last, and nothing from afterwards`, async () => {
    const file = await record(`at-${splitBytes}.mcap`, splitBytes);
    const run = await openSeekable(file);
    assert.deepEqual([run.header.robot, run.startNs, run.endNs], ["two-joint", PERIOD_NS + 2n, 10n * PERIOD_NS + 5n]);
    for (const decision of [3, 8, 0]) {
      const told = await run.at(BigInt(decision + 1) * PERIOD_NS + PERIOD_NS / 2n);
      assert.equal(indexOf(told.get("/tick")), decision);
      assert.equal(told.get("/camera/front")?.stampNs, BigInt(decision + 1) * PERIOD_NS);
      assert.ok(told.has("/run") && told.has("/goal/front") && !told.has("/fault") && !told.has("/end"));
    }
    const early = await run.at(PERIOD_NS - 1n);
    assert.deepEqual([...early.keys()].sort(), ["/calibration/front", "/goal", "/goal/front", "/run", "/scene", "/tf_static"]);
    assert.deepEqual([...(await run.at(run.endNs, ["/joints"])).keys()], ["/joints"]);
    run.close();
  });

  test(`from an instant on ${many} tell everything in order and once, as it was written`, async () => {
    const file = await record(`between-${splitBytes}.mcap`, splitBytes);
    const run = await openSeekable(file);
    const entries = await all(run.between(0n, run.endNs));
    assert.ok(entries.every(({ receivedNs }, index) => index === 0 || receivedNs >= entries[index - 1]!.receivedNs));
    const ticks = entries.filter(({ topic }) => topic === "/tick");
    assert.deepEqual(
      ticks.map((entry) => indexOf(entry)),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    const part = await all(run.between(4n * PERIOD_NS, 6n * PERIOD_NS, ["/tick", "/joints"]));
    assert.deepEqual(
      part.map(({ topic, receivedNs }) => [topic, receivedNs / PERIOD_NS]),
      [4n, 5n, 6n].flatMap((at) => (at === 6n ? [["/tick", at]] : ["/tick", "/joints"].map((topic) => [topic, at]))),
    );
    if (splitBytes === 1) assert.ok(readdirSync(folder).includes("between-1.2.mcap"));
    else {
      const written = [...entriesOf(file, await loadZstd())].filter(({ topic }) => topic !== "/end");
      assert.deepEqual(entries.map(textOf).sort(), written.map(textOf).sort());
    }
    run.close();
  });
}

test("what was saved as the newest seconds begins with them, not with the older goal in it", async () => {
  await record("newest.mcap");
  const run = await openSeekable(join(folder, "last", "newest.mcap"));
  assert.equal(run.startNs, PERIOD_NS + 2n);
  assert.ok((await run.at(run.startNs)).has("/goal"));
  run.close();
});

test("one that was cut off is refused with the command that mends it, and a damaged one in words", async () => {
  const file = await record("cut.mcap");
  const bytes = readFileSync(file);
  const cut = join(folder, "no-end.mcap");
  writeFileSync(cut, bytes);
  truncateSync(cut, bytes.length - 1500);
  await assert.rejects(openSeekable(cut), { code: "launch.invalid", message: /no-end\.mcap: it has no index .*foresight recover/ });
  await assert.rejects(openSeekable(join(folder, "none.mcap")), { code: "launch.invalid", message: /none\.mcap: ENOENT/ });
  const changed = Uint8Array.from(bytes);
  changed[bytes.lastIndexOf("zstd", bytes.length / 2) + 60]! ^= 0xff;
  const damaged = join(folder, "damaged.mcap");
  writeFileSync(damaged, changed);
  await assert.rejects(
    async () => {
      const run = await openSeekable(damaged);
      await run.at(run.endNs);
      await all(run.between(0n, run.endNs));
    },
    { code: "launch.invalid" },
  );
});
