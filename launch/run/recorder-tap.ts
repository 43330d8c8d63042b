/** The recorder as a tap: what the launch file says is kept, and at the end one line that says what became of it. */
import { resolve } from "node:path";
import { SystemWallClock, utcText } from "../../runtime/core/clock.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import type { Fault } from "../../runtime/core/supervision.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { RunFacts } from "../../runtime/record/channels/message.ts";
import { openRecorder } from "../../runtime/record/recorder.ts";
import type { Keeping } from "../../runtime/record/recorder-protocol.ts";
import type { Blueprint } from "../blueprint.ts";
import type { RecordSection } from "../config/schema-record.ts";
import { runFacts } from "./run-facts.ts";
import type { Party, RunIo } from "./words.ts";

const MB = 2 ** 20;

/** Throws AgentError `launch.invalid` when the file cannot be written. */
export async function openRecorderTap(
  record: RecordSection,
  blueprint: Blueprint,
  mode: RunFacts["mode"],
  { clock, ends, recorder: port }: Party,
  io: RunIo,
): Promise<Tap> {
  const wallClock = new SystemWallClock();
  const recorder = await openRecorder({
    ...keepingOf(record, io.force ?? false),
    facts: runFacts(blueprint, mode, ends),
    pictures: record.pictures,
    atNs: clock.nowNs(),
    onStopped: io.say,
  });
  const saveLast = async (why: string): Promise<string> => {
    const name = `${why}-${utcText(wallClock.nowUtcMs()).replaceAll(/[^\dTZ]/g, "")}`;
    const said = await recorder.saveLast(name).then(
      (saved) => saved.said,
      (error: unknown) => `the newest seconds could not be saved: ${faultOf(error)}`,
    );
    io.say(said);
    return said;
  };
  if (record.last) port.saveLast = () => saveLast("last");
  const onFault = record.last?.onFault ? onceIn(record.last.seconds, saveLast) : null;
  const tell = recorder.tell;
  return {
    name: "recorder",
    goal: (what) => tell({ kind: "goal", what, atNs: clock.nowNs() }),
    sample: (what) => tell({ kind: "sample", what, atNs: clock.nowNs() }),
    tick: (what) => tell({ kind: "tick", what, atNs: clock.nowNs() }),
    state: (what) => tell({ kind: "state", what, atNs: clock.nowNs() }),
    fault(what) {
      tell({ kind: "fault", what, atNs: clock.nowNs() });
      onFault?.(what, wallClock.nowUtcMs());
    },
    event: (what) => tell({ kind: "event", what, atNs: clock.nowNs() }),
    instant: (what) => tell({ kind: "instant", what, atNs: clock.nowNs() }),
    async close() {
      port.saveLast = null;
      const recorded = await recorder.finish();
      if (recorded.said !== null) io.say(recorded.said);
      io.onRecorded?.(recorded);
    },
  };
}

const keepingOf = ({ file, splitMB, splitS, minFreeMB, last }: RecordSection, force: boolean): Keeping => ({
  file: file === undefined ? null : resolve(file),
  force,
  splitBytes: splitMB * MB,
  splitS,
  minFreeBytes: minFreeMB * MB,
  last: last ? { seconds: last.seconds, folder: resolve(last.folder) } : null,
});

/** A fault that follows another within the span that is kept is in the file of the first, or in the next one: a row of faults fills no disk. */
function onceIn(spanS: number, save: (why: string) => Promise<string>): (fault: Fault, nowMs: number) => void {
  let savedMs = Number.NEGATIVE_INFINITY;
  return ({ decision: { reaction } }, nowMs) => {
    if (reaction !== "hold" && reaction !== "stop") return;
    if (Math.abs(nowMs - savedMs) < spanS * 1000) return;
    savedMs = nowMs;
    void save("fault");
  };
}
