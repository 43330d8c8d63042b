/** A recording on the page: at every instant it shows what was there then, whichever way it came there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createInstants } from "../../../launch/replay-page/instants.ts";
import { fillSeen } from "../../../launch/replay-page/seen-in-recording.ts";
import { readTimeline, type Timeline } from "../../../launch/replay-page/timeline.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { SupervisorState } from "../../../runtime/core/supervision.ts";
import type { Happening } from "../../../runtime/dashboard/happenings.ts";
import { createSeen } from "../../../runtime/dashboard/seen.ts";
import { rowOf, type TickRow, tickMessage } from "../../../runtime/dashboard/tick-message.ts";
import { openRecorder } from "../../../runtime/record/recorder.ts";
import { openSeekable, type SeekableRun } from "../../../runtime/record/seekable.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-instants-"));
let run: SeekableRun;
let timeline: Timeline<TickRow>;
const PERIOD_NS = 200_000_000n;
const DECISIONS = 20;

const state = (agent: SupervisorState["agent"]): SupervisorState => ({
  ...{ agent, task: "running", reason: `It is ${agent}.`, mayAct: agent === "running" },
  skills: [{ path: "", name: "push", state: "acting", decisions: 0, retries: 0, progress: 0 }],
});

before(async () => {
  const file = join(folder, "run.mcap");
  const recorder = await openRecorder({
    ...{ file, force: false, splitBytes: 2 ** 30, splitS: 3600, minFreeBytes: 1, last: null },
    ...{ facts: runFacts, pictures: "png", atNs: 0n, onStopped: assert.fail },
  });
  recorder.tell({ kind: "goal", what: { kind: "object", positionM: [0.5, 0.1, 0] }, atNs: 1n });
  for (let index = 0; index < DECISIONS; index++) {
    const atNs = BigInt(index) * PERIOD_NS;
    recorder.tell({ kind: "sample", what: { kind: "frame", frame: frameAt(atNs) }, atNs });
    recorder.tell({ kind: "sample", what: jointsAt(atNs, [index / 10, 0]), atNs });
    if (index === 0) recorder.tell({ kind: "state", what: state("running"), atNs: atNs + 10n });
    if (index === 12) {
      const error = new AgentError("sense.stale", "camera: 500 ms old, at most 400 ms; look at the cable");
      recorder.tell({ kind: "fault", what: { error, decision: { reaction: "hold", reason: "Not seen." } }, atNs: atNs + 10n });
      recorder.tell({ kind: "state", what: state("holding"), atNs: atNs + 20n });
    }
    const latent = Float32Array.of(index, 0);
    recorder.tell({
      kind: "tick",
      what: tickAt(index, atNs, { latent, verdict: index === 15 ? "stop" : "pass", why: [] }),
      atNs: atNs + 50n,
    });
  }
  await recorder.finish();
  run = await openSeekable(file);
  timeline = await readTimeline(run, (tick, index) => rowOf(tickMessage(tick, runFacts.cameras, index)));
});
after(() => {
  run?.close();
  rmSync(folder, { recursive: true });
});

/** What the page has in the end. */
function stage() {
  const page = {
    joints: null as number | null,
    stampNs: null as bigint | null,
    decisions: [] as number[],
    log: [] as readonly Happening[],
  };
  const said = { agent: "", goals: 0, atS: -1 };
  const instants = createInstants(run, timeline, {
    showGoal: () => void said.goals++,
    showFrames([frame]) {
      page.stampNs = frame?.stampNs ?? null;
    },
    showJoints({ positionRad }) {
      page.joints = positionRad[0]!;
    },
    showTick: ({ decision }) => void page.decisions.push(decision.index),
    showState({ agent }) {
      said.agent = agent;
    },
    showPlayback({ atS }) {
      said.atS = atS;
    },
    showPast(rows, happenings) {
      page.decisions = rows.map(({ index }) => index);
      page.log = happenings;
    },
  });
  const show = (atS: number) => instants.show({ atS, rate: 1, isPlaying: true });
  return { page, said, show };
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test("what is shown at an instant is the newest until then, and nothing from afterwards", async () => {
  const { page, said, show } = stage();
  await show(1.05);
  assert.deepEqual([page.joints, page.stampNs, said.agent, said.goals], [0.5, 5n * PERIOD_NS, "running", 1]);
  assert.deepEqual(page.decisions, upTo(6));
});

test("played step by step or jumped to, forth and back, an instant is the same", async () => {
  const { page, said, show } = stage();
  for (let atS = 0; atS <= 3.05; atS += 0.1) await show(atS);
  await show(3.05);
  const played = structuredClone({ page, said });
  await show(0.3);
  assert.deepEqual([page.decisions, page.log.filter(({ kind }) => kind === "fault").length, said.agent], [upTo(2), 0, "running"]);
  await show(3.05);
  assert.deepEqual({ ...page }, played.page);
  assert.deepEqual(said.agent, "holding");
  assert.equal(page.log.filter(({ kind }) => kind === "fault").length, 1);
});

test("faults, refusals and changes of the agent are marks, each at its instant", () => {
  assert.deepEqual(
    timeline.marks.map(({ atS, kind }) => [Math.round(atS * 10) / 10, kind]),
    [
      [0, "change"],
      [2.4, "fault"],
      [2.4, "change"],
      [3, "refusal"],
    ],
  );
});

test("pictures stand for what was imagined from the first instant on", async () => {
  const seen = createSeen();
  await fillSeen(seen, run, timeline);
  assert.equal(seen.count, DECISIONS);
  assert.equal(seen.nearest(Float32Array.of(7.1, 0))?.sight.pictures[0]?.stampNs, `${7n * PERIOD_NS}`);
});
