/** Recordings that somebody starts and ends while a run goes on: one at a time, each a file of its own with the guarantees of any recording. */
import type { Clock } from "../core/clock.ts";
import type { RecordingState } from "../core/recording.ts";
import type { News, RunFacts } from "./channels/message.ts";
import { openRecorder, type Recorded, type RecorderOptions } from "./recorder.ts";

export interface OnDemandOptions extends Pick<RecorderOptions, "pictures" | "splitBytes" | "splitS" | "minFreeBytes"> {
  /** A name for the next one; its folder is made where it is missing. Throws the system's errors. */
  readonly newFile: () => string;
  /** Of the run, with the time of day of now. */
  readonly facts: () => RunFacts;
  /** The robot's. */
  readonly clock: Clock;
  readonly onState: (state: RecordingState) => void;
  /** The end of one. */
  readonly onRecorded: (recorded: Recorded) => void;
}

/** Answers are null when done, else a sentence why not. */
export interface OnDemand {
  tell(news: News): void;
  start(): Promise<string | null>;
  stop(): Promise<string | null>;
  /** Ends what is recorded. */
  close(): Promise<void>;
}

/** What is told on change alone, so that a recording must begin with it. */
const KEPT: ReadonlySet<News["kind"]> = new Set(["goal", "state"]);

export function createOnDemand(options: OnDemandOptions, open: typeof openRecorder = openRecorder): OnDemand {
  const { newFile, facts, clock, onState, onRecorded, ...keeping } = options;
  const kept = new Map<News["kind"], News>();
  let recording: Awaited<ReturnType<typeof begin>> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  /** Starts and stops never overlap. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };

  const begin = async () => {
    const file = newFile();
    let bytes = 0;
    const show = (said: string | null): void => onState({ file, isOn: said === null, bytes, dropped: recorder.dropped, said });
    const recorder = await open({
      ...{ ...keeping, file, force: false, last: null, atNs: clock.nowNs(), facts: { ...facts(), begins: "within-run" } },
      onStopped: () => void end(), // The end says why.
      onGrown(grownTo) {
        bytes = grownTo;
        if (recording?.file === file) recording.show(null); // Not before the recorder has answered that it is open.
      },
    });
    for (const news of kept.values()) recorder.tell({ ...news, atNs: clock.nowNs() });
    return { file, recorder, show };
  };
  const end = (): Promise<string | null> =>
    inTurn(async () => {
      if (!recording) return "nothing is being recorded that was started during the run";
      const { file, recorder, show } = recording;
      recording = null;
      const recorded = await recorder.finish();
      show(recorded.said ?? `recorded in ${file}`);
      onRecorded(recorded);
      return recorded.isKept ? null : recorded.said;
    });
  return {
    tell(news) {
      if (KEPT.has(news.kind)) kept.set(news.kind, news);
      recording?.recorder.tell(news);
    },
    start: () =>
      inTurn(async () => {
        if (recording) return `it is being recorded in ${recording.file} already`;
        try {
          recording = await begin();
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
        recording.show(null);
        return null;
      }),
    stop: end,
    async close() {
      await end();
    },
  };
}
