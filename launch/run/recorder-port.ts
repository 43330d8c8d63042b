/** What records a run, as everybody reaches it: nothing answers before it is open. */
import { BehaviorSubject } from "rxjs";
import type { RecordingState, RecordingWish } from "../../runtime/core/recording.ts";
import type { RecorderPort } from "./words.ts";

export const createRecorderPort = (): RecorderPort => ({
  saveLast: null,
  onDemand: null,
  ofRun: new BehaviorSubject<RecordingState | null>(null),
  states: new BehaviorSubject<RecordingState | null>(null),
});

/** Null when done, else a sentence why not. */
export async function askRecorder({ saveLast, onDemand }: RecorderPort, who: string, wish: RecordingWish): Promise<string | null> {
  if (wish === "save") {
    if (!saveLast) return 'no recorder keeps the newest seconds; add "last" to record in the launch file';
    const { file, said } = await saveLast();
    return file === null ? said : null;
  }
  if (!onDemand) return "nobody starts a recording here; name record.folder in the launch file";
  return wish === "start" ? onDemand.start(who) : onDemand.stop();
}
