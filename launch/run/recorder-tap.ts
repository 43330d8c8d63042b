/** The recorder as a tap: what the launch file says is kept, and at the end one line that says what became of it. */
import { resolve } from "node:path";
import { SystemWallClock, utcText, type WallClock } from "../../runtime/core/clock.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import type { Fault } from "../../runtime/core/supervision.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { RunFacts } from "../../runtime/record/channels/message.ts";
import { newsTap } from "../../runtime/record/news-tap.ts";
import { openRecorder } from "../../runtime/record/recorder.ts";
import type { Keeping, Saved } from "../../runtime/record/recorder-protocol.ts";
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
  open: typeof openRecorder = openRecorder,
): Promise<Tap> {
  const wallClock = new SystemWallClock();
  const keeping = keepingOf(record, io.force ?? false);
  const { file } = keeping;
  let bytes = 0;
  let dropped = (): number => 0; // Its file may grow, or its disk be full, before it answers that it is open.
  const show = (said: string | null): void => {
    if (file !== null) port.ofRun.next({ file, isOn: said === null, bytes, dropped: dropped(), said });
  };
  const recorder = await open({
    ...keeping,
    facts: runFacts(blueprint, mode, ends),
    pictures: record.pictures,
    atNs: clock.nowNs(),
    onStopped(said) {
      io.say(said);
      show(said);
    },
    onGrown(grownTo) {
      bytes = grownTo;
      if (port.ofRun.value?.isOn !== false) show(null);
    },
  });
  dropped = () => recorder.dropped;
  const saveLast = async (why: string): Promise<Saved> => {
    const failed = (error: unknown): Saved => ({ file: null, said: `the newest seconds could not be saved: ${faultOf(error)}` });
    const saved = await recorder.saveLast(`${why}-${fileStamp(wallClock)}`).catch(failed);
    io.say(saved.said);
    return saved;
  };
  if (record.last) port.saveLast = () => saveLast("last");
  const onFault = record.last?.onFault ? onceIn(record.last.seconds, saveLast) : null;
  const told = newsTap(clock, recorder.tell);
  return {
    name: "recorder",
    ...told,
    fault(what) {
      told.fault(what);
      onFault?.(what, wallClock.nowUtcMs());
    },
    async close() {
      port.saveLast = null;
      const recorded = await recorder.finish();
      if (recorded.said !== null) io.say(recorded.said);
      io.onRecorded?.(recorded);
    },
  };
}

/** Now, for the name of a file. */
export const fileStamp = (wallClock: WallClock): string => utcText(wallClock.nowUtcMs()).replaceAll(/[^\dTZ]/g, "");

/** When any recording of this run stops or goes on in another file. */
export const boundsOf = ({ splitMB, splitS, minFreeMB }: RecordSection): Pick<Keeping, "splitBytes" | "splitS" | "minFreeBytes"> => ({
  splitBytes: splitMB * MB,
  splitS,
  minFreeBytes: minFreeMB * MB,
});

const keepingOf = (record: RecordSection, force: boolean): Keeping => ({
  ...boundsOf(record),
  file: record.file === undefined ? null : resolve(record.file),
  force,
  last: record.last ? { seconds: record.last.seconds, folder: resolve(record.last.folder) } : null,
});

/** A fault that follows another within the span that is kept is in the file of the first, or in the next one: a row of faults fills no disk. */
function onceIn(spanS: number, save: (why: string) => Promise<unknown>): (fault: Fault, nowMs: number) => void {
  let savedMs = Number.NEGATIVE_INFINITY;
  return ({ decision: { reaction } }, nowMs) => {
    if (reaction !== "hold" && reaction !== "stop") return;
    if (Math.abs(nowMs - savedMs) < spanS * 1000) return;
    savedMs = nowMs;
    void save("fault");
  };
}
