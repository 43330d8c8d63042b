/** Recordings on demand of a launch file's run: where they go, how they are called, and what is said of them. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { usualRecord } from "../../../launch/config/schema-record.ts";
import { openOnDemandTap } from "../../../launch/run/on-demand-tap.ts";
import { askRecorder, createRecorderPort } from "../../../launch/run/recorder-port.ts";
import type { Party } from "../../../launch/run/words.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { readHeader, readRecording } from "../../../runtime/record/recording.ts";
import { tickAt } from "../../helpers/run-news.ts";

const above = mkdtempSync(join(tmpdir(), "foresight-on-demand-tap-"));
after(() => rmSync(above, { recursive: true }));

async function open(folder: string) {
  const blueprint = await draw(loadLaunch("launch/panda-push.launch.yaml", ["backend.mode:=lockstep"]));
  const recorder = createRecorderPort();
  const clock = new ManualClock();
  const said: string[] = [];
  const party = { clock, recorder, ends: "when-told" } as unknown as Party; // It takes nothing else of it.
  const io = { say: (line: string) => void said.push(line), signal: new AbortController().signal };
  const tap = openOnDemandTap({ ...usualRecord, folder, minFreeMB: 1 }, blueprint, "lockstep", party, io);
  return { tap, recorder, clock, said };
}

test("nothing is written until somebody asks; then into the folder, under the time of day, as a run of this robot", async () => {
  const folder = join(above, "not", "there", "yet");
  const { tap, recorder, clock, said } = await open(folder);
  tap.tick?.(tickAt(0, clock.nowNs()));
  assert.ok(!existsSync(folder));
  assert.equal(await askRecorder(recorder, "mqtt:fleet", "start"), null);
  tap.tick?.(tickAt(1, clock.nowNs()));
  assert.equal(await askRecorder(recorder, "page", "stop"), null);
  await tap.close?.();
  const [name, ...others] = readdirSync(folder);
  assert.match(name ?? "", /^panda-\d{8}T\d{9}Z\.mcap$/);
  assert.deepEqual(others, []);
  const { robot, begins } = await readHeader(join(folder, name!));
  assert.deepEqual([robot, begins], ["panda", "within-run"]);
  assert.deepEqual(
    said.map((line) => line.replaceAll(join(folder, name!), "FILE")),
    ["recording FILE, as mqtt:fleet asked", "recorded 1 decisions in FILE; foresight replay FILE --page shows them"],
  );
});

test("one that goes on when the run ends is ended with it, whole", async () => {
  const folder = join(above, "ended");
  const { tap, recorder, clock } = await open(folder);
  await askRecorder(recorder, "page", "start");
  tap.tick?.(tickAt(0, clock.nowNs()));
  await tap.close?.();
  const { decisions, missing } = await readRecording(join(folder, readdirSync(folder)[0]!));
  assert.equal(decisions.length, 1);
  assert.match(missing ?? "", /^it was started when the run was under way/);
  assert.equal(recorder.states.value?.isOn, false);
  assert.match((await askRecorder(recorder, "page", "start")) ?? "", /nobody starts a recording here/);
});

test("a folder that cannot be is refused in a sentence, and the run goes on", async () => {
  writeFileSync(join(above, "notes.txt"), "years of work\n");
  const { tap, recorder, said } = await open(join(above, "notes.txt"));
  assert.match((await askRecorder(recorder, "page", "start")) ?? "", /EEXIST|ENOTDIR/);
  assert.equal(said.length, 1);
  await tap.close?.();
});
