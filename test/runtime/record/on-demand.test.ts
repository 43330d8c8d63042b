/** A recording that is started within a run: what it begins with, that there is one at a time, and that its end tells the truth. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../../../runtime/core/clock.ts";
import type { RecordingState } from "../../../runtime/core/recording.ts";
import type { SupervisorState } from "../../../runtime/core/supervision.ts";
import { createOnDemand, type OnDemandOptions } from "../../../runtime/record/on-demand.ts";
import { openRecorder, type Recorded } from "../../../runtime/record/recorder.ts";
import { readRecording } from "../../../runtime/record/recording.ts";
import { openSeekable } from "../../../runtime/record/seekable.ts";
import { fillDiskOf, noFullDisk } from "../../helpers/full-disk.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";
import { until } from "../../helpers/until.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-on-demand-"));
after(() => rmSync(folder, { recursive: true }));
const idle: SupervisorState = { agent: "idle", task: "none", skills: [], reason: "It is ready.", mayAct: false };

function open(changes: Partial<OnDemandOptions> = {}, opener = openRecorder) {
  const clock = new ManualClock(5_000_000_000n);
  const states: RecordingState[] = [];
  const ends: Recorded[] = [];
  let files = 0;
  const options: OnDemandOptions = {
    ...{ pictures: "png", splitBytes: 2 ** 30, splitS: 3600, minFreeBytes: 1, clock },
    facts: () => runFacts,
    newFile: () => join(folder, `run-${process.hrtime.bigint()}-${++files}.mcap`),
    onState: (state) => states.push(state),
    onRecorded: (recorded) => ends.push(recorded),
    ...changes,
  };
  const onDemand = createOnDemand(options, opener);
  const decide = (index: number): void => {
    clock.advance(200);
    const atNs = clock.nowNs();
    onDemand.tell({ kind: "sample", what: { kind: "frame", frame: frameAt(atNs) }, atNs });
    onDemand.tell({ kind: "sample", what: jointsAt(atNs), atNs });
    onDemand.tell({ kind: "tick", what: tickAt(index, atNs), atNs });
  };
  return { onDemand, clock, states, ends, decide };
}

test("it holds what was told between its start and its end, and begins with goal and state as they are then", async () => {
  const { onDemand, clock, states, ends, decide } = open();
  onDemand.tell({ kind: "goal", what: { kind: "image", frames: [frameAt(1n)] }, atNs: 1n });
  onDemand.tell({ kind: "state", what: idle, atNs: 2n });
  decide(0);
  assert.equal(await onDemand.start(), null);
  const { file, isOn, said } = states.at(-1)!;
  assert.deepEqual([isOn, said], [true, null]);
  const fromNs = clock.nowNs();
  for (let index = 1; index <= 3; index++) decide(index);
  assert.equal(await onDemand.stop(), null);
  decide(4);
  await onDemand.close();
  const { decisions, samples, goalFrames, missing } = await readRecording(file);
  assert.deepEqual([decisions.length, samples.length, goalFrames.length], [3, 6, 1]);
  assert.match(missing ?? "", /started when the run was under way, and what was decided depends on what came before/);
  const seekable = await openSeekable(file);
  assert.ok(seekable.startNs >= fromNs);
  seekable.close();
  assert.match(ends[0]?.said ?? "", /^recorded 3 decisions in .*run-.*\.mcap; foresight replay .*\.mcap --page shows them$/);
  assert.deepEqual([ends.length, states.at(-1)?.isOn, states.at(-1)?.said], [1, false, ends[0]?.said]);
});

test("it grows before everybody's eyes, there is one at a time, and the next is another file", async () => {
  const { onDemand, states, decide } = open();
  assert.match((await onDemand.stop()) ?? "", /nothing is being recorded/);
  const [first, second] = await Promise.all([onDemand.start(), onDemand.start()]);
  assert.equal(first, null);
  assert.match(second ?? "", /it is being recorded in .*\.mcap already/);
  decide(0);
  await until("it has grown", () => (states.at(-1)?.bytes ?? 0) > 0);
  await onDemand.stop();
  assert.equal(await onDemand.start(), null);
  await onDemand.close();
  const files = new Set(states.map(({ file }) => file));
  assert.equal(files.size, 2);
  for (const file of files) assert.ok((await readRecording(file)).missing?.startsWith("it was started"), "whole but for its beginning");
});

test("on a busy machine its file has grown before it answers that it is open, and that harms nobody", async () => {
  const { onDemand, states } = open({}, (options) => {
    options.onGrown?.(7);
    return openRecorder(options);
  });
  assert.equal(await onDemand.start(), null);
  assert.deepEqual([states[0]?.isOn, states[0]?.bytes], [true, 7]);
  await onDemand.close();
});

test("where the disk has less room than is asked for it is refused, nothing is left behind, and it can be tried again", async () => {
  const { onDemand, states } = open({ minFreeBytes: 2 ** 60, newFile: () => join(folder, "no-room.mcap") });
  for (let tries = 0; tries < 2; tries++)
    assert.match((await onDemand.start()) ?? "", /MB are free on the disk of .*, at least \d+ must be/);
  await onDemand.close();
  assert.deepEqual(states, []);
  assert.ok(!readdirSync(folder).includes("no-room.mcap"));
});

test("one that the disk ends by itself says so and is over, and the next can be started", {
  skip: noFullDisk,
}, async () => {
  const { onDemand, states, ends, decide } = open();
  await onDemand.start();
  const { file } = states.at(-1)!;
  fillDiskOf(file);
  decide(0);
  await until("it has ended", () => ends.length === 1);
  assert.match(ends[0]?.said ?? "", /^recording .* is not whole: it ends after 0 decisions, /);
  assert.deepEqual([ends[0]?.isKept, states.at(-1)?.isOn, states.at(-1)?.said], [false, false, ends[0]?.said]);
  assert.equal(await onDemand.start(), null);
  await onDemand.close();
});
