/** The official Python reader of MCAP reads a real run that was recorded, whole and cut off, and finds in it what we find. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { channelsOf } from "../../runtime/record/channels/table.ts";
import { entriesOf } from "../../runtime/record/mcap/read.ts";
import { loadZstd } from "../../runtime/record/mcap/zstd.ts";
import { readHeader } from "../../runtime/record/recording.ts";
import { cli } from "../helpers/cli.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "foresight-python-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "run.mcap");
const setup = spawnSync("bash", [join(here, "setup")], { encoding: "utf8" });
const python = setup.status === 0 ? (setup.stdout.trim().split("\n").at(-1) ?? "") : "";
const skip = python === "" && `test/replay/setup cannot fetch Python's MCAP reader: ${setup.stderr.trim().split("\n").at(-1)}`;

interface Found {
  readonly counts: Readonly<Record<string, number>>;
  readonly schemas: Readonly<Record<string, string>>;
  readonly invalid: readonly string[];
  readonly statistics: number | null;
  readonly cut: boolean;
}

function foundByPython(path: string, way: "index" | "stream"): Found {
  const { status, stdout, stderr } = spawnSync(python, [join(here, "read.py"), path, way], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

async function foundByUs(path: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { topic } of entriesOf(path, await loadZstd())) counts[topic] = (counts[topic] ?? 0) + 1;
  return counts;
}

before(async () => {
  const changes = ["backend.mode:=lockstep", "dashboard.enabled:=false", "planner.samples:=32", "planner.horizon:=3", `record:=${file}`];
  const { out, err } = await cli("run", "launch/panda-push.launch.yaml", ...changes);
  assert.match(out, /recorded \d+ decisions/, out + err);
});

test("by its index: every message, each as its schema says, on the channels of the table", { skip }, async () => {
  const { counts, schemas, invalid, statistics, cut } = foundByPython(file, "index");
  assert.deepEqual(counts, await foundByUs(file));
  assert.equal(
    statistics,
    Object.values(counts).reduce((sum, count) => sum + count, 0),
  );
  assert.deepEqual([invalid, cut], [[], false]);
  const table = new Map(channelsOf(await readHeader(file)).map(({ topic, schema }) => [topic, schema]));
  for (const [topic, schema] of Object.entries(schemas)) assert.equal(schema, table.get(topic), topic);
  assert.ok(counts["/tick"]! >= 5 && counts["/camera/front"]! >= 5 && counts["/joints"]! >= 5, JSON.stringify(counts));
});

test("cut off at 60 % of its bytes: from its beginning, exactly as much as we read", { skip }, async () => {
  const cut = join(folder, "cut.mcap");
  const bytes = readFileSync(file);
  writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
  const found = foundByPython(cut, "stream");
  assert.equal(found.cut, true);
  assert.deepEqual(found.counts, await foundByUs(cut));
  assert.ok(Object.keys(found.counts).length > 0);
});

test("made whole by recover: by its index again", { skip }, async () => {
  const cut = join(folder, "cut.mcap");
  const { code, err } = await cli("recover", cut);
  assert.equal(code, 0, err);
  const { counts, invalid } = foundByPython(join(folder, "cut.recovered.mcap"), "index");
  assert.deepEqual([counts, invalid], [{ ...(await foundByUs(cut)), "/end": 1 }, []]);
});
