/** What the launch file says is kept of a run: a file, a section, the newest seconds at a fault or on demand. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { createRecorderPort } from "../../../launch/run/recorder-port.ts";
import { openRecorderTap } from "../../../launch/run/recorder-tap.ts";
import type { Party } from "../../../launch/run/words.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Reaction } from "../../../runtime/core/supervision.ts";
import { openRecorder, type Recorded } from "../../../runtime/record/recorder.ts";
import { readRecording } from "../../../runtime/record/recording.ts";
import { jointsAt, tickAt } from "../../helpers/run-news.ts";
import { until } from "../../helpers/until.ts";

const PUSH = "launch/panda-push.launch.yaml";
const folder = mkdtempSync(join(tmpdir(), "foresight-recorder-tap-"));
after(() => rmSync(folder, { recursive: true }));
const fault = (reaction: Reaction) => ({
  error: new AgentError("sense.stale", "camera is late"),
  decision: { reaction, reason: "It may come back." },
});

const openTap = (...overrides: readonly string[]) => openTapBy(openRecorder, ...overrides);

async function openTapBy(open: typeof openRecorder, ...overrides: readonly string[]) {
  const blueprint = await draw(loadLaunch(PUSH, ["backend.mode:=lockstep", ...overrides]));
  const clock = new ManualClock();
  const recorder = createRecorderPort();
  const said: string[] = [];
  const kept: Recorded[] = [];
  const io = {
    say: (line: string) => said.push(line),
    signal: new AbortController().signal,
    onRecorded: (recorded: Recorded) => kept.push(recorded),
  };
  const party = { clock, recorder } as unknown as Party; // It takes nothing else of it.
  return { tap: await openRecorderTap(blueprint.config.record!, blueprint, "lockstep", party, io, open), clock, recorder, said, kept };
}

test("a file name records the whole run there, with PNG and the defaults of a section", () => {
  const { record } = loadLaunch(PUSH, ["record:=run.mcap"]);
  assert.deepEqual(record, { file: "run.mcap", folder: "recordings", pictures: "png", splitMB: 2000, splitS: 3600, minFreeMB: 500 });
});

test("a section says how much, also of what somebody records meanwhile; a key of its own invention is refused", () => {
  assert.deepEqual(loadLaunch(PUSH, ["record:={ last: {} }"]).record?.last, { seconds: 30, folder: "recordings", onFault: true });
  const { file, last, folder, pictures } = loadLaunch(PUSH, ["record:={ pictures: jpeg, folder: runs }"]).record!;
  assert.deepEqual([file, last, folder, pictures], [undefined, undefined, "runs", "jpeg"]);
  assert.equal(loadLaunch(PUSH, ["record:={ folder: null }"]).record?.folder, null);
  assert.throws(() => loadLaunch(PUSH, ["record:={ file: run.mcap, minFreeGB: 1 }"]), /minFreeGB/);
});

test("on a busy machine the file has grown, and the disk is full, before the recorder answers that it is open: both are told", async () => {
  const { tap, said, recorder } = await openTapBy(
    (options) => {
      options.onGrown?.(7);
      options.onStopped("the disk is full");
      return openRecorder(options);
    },
    `record:={ file: ${join(folder, "busy.mcap")}, minFreeMB: 1 }`,
  );
  assert.deepEqual([recorder.ofRun.value?.bytes, recorder.ofRun.value?.isOn, said], [7, false, ["the disk is full"]]);
  await tap.close?.();
});

test("a fault that holds saves the newest seconds once, however many follow; one that is ignored does not", async () => {
  const saves = join(folder, "faults");
  const { tap, clock, said } = await openTap(`record:={ minFreeMB: 1, last: { seconds: 60, folder: ${saves} } }`);
  tap.fault?.(fault("ignore"));
  for (let index = 0; index < 5; index++) {
    clock.advance(200);
    await tap.sample?.(jointsAt(clock.nowNs()));
    await tap.tick?.(tickAt(index, clock.nowNs()));
    tap.fault?.(fault("hold"));
  }
  await tap.close?.();
  const files = readdirSync(saves);
  assert.deepEqual(files.length, 1, `${files}`);
  assert.match(files[0]!, /^fault-\d{8}T\d{9}Z\.mcap$/);
  assert.match(said.join("\n"), /^saved the last \d\.\d s in .*fault-.*\.mcap$/, "without a file nothing else is said");
  const { missing, header } = await readRecording(join(saves, files[0]!));
  assert.match(missing ?? "", /^it holds the last/);
  assert.equal(header.robot, "panda");
});

test("everybody can save the newest seconds while the whole run is recorded, and what follows is in the recording", async () => {
  const [file, saves] = [join(folder, "run.mcap"), join(folder, "asked")];
  const { tap, clock, recorder, said, kept } = await openTap(
    `record:={ file: ${file}, minFreeMB: 1, last: { folder: ${saves}, onFault: false } }`,
  );
  tap.tick?.(tickAt(0, clock.nowNs()));
  assert.match((await recorder.saveLast?.())?.said ?? "", /^saved the last 0\.0 s in .*last-.*\.mcap$/);
  tap.fault?.(fault("stop"));
  tap.tick?.(tickAt(1, clock.nowNs()));
  await until("whoever looks is told how large it is", () => (recorder.ofRun.value?.bytes ?? 0) > 0);
  assert.deepEqual({ ...recorder.ofRun.value, bytes: 0 }, { file, isOn: true, bytes: 0, dropped: 0, said: null });
  await tap.close?.();
  assert.equal(recorder.saveLast, null);
  assert.equal(readdirSync(saves).length, 1, "no fault was to be saved");
  assert.deepEqual(kept, [{ said: said.at(-1), isKept: true, dropped: 0 }]);
  assert.equal((await readRecording(file)).decisions.length, 2);
});
