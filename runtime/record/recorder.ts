/** Writes a run as MCAP files in a thread of its own: never holds the loop up, says what it could not keep, saves the newest seconds when asked. */
import { access, constants } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Worker } from "node:worker_threads";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { kindOf, tryWriting } from "../core/own-files.ts";
import { startWorker } from "../core/start-worker.ts";
import type { Message, News, RunFacts } from "./channels/message.ts";
import { messagesOf } from "./channels/messages-of.ts";
import type { PictureFormat } from "./channels/picture-formats.ts";
import { channelsOf } from "./channels/table.ts";
import { layoutOf } from "./mcap/layout.ts";
import type { FromThread, Keeping, Posted, RecorderSetup, Saved, ToThread } from "./recorder-protocol.ts";
import { goneFrom, refuseOthers, removeParts } from "./recording-files.ts";

export interface Recorder {
  /** Returns at once; what the thread has no room for is left out and counted. */
  tell(news: News): void;
  /** News that were left out so far (count). */
  readonly dropped: number;
  /** Writes the newest seconds to a file of this name in the folder of `last`. */
  saveLast(name: string): Promise<Saved>;
  finish(): Promise<Recorded>;
}

export interface Recorded {
  /** For people: where it is, or why it is not whole; null where no recording was asked for. */
  readonly said: string | null;
  /** False where the disk or our bounds refused; a file that somebody else took away meanwhile is said alone. */
  readonly isKept: boolean;
  /** News that were left out (count). */
  readonly dropped: number;
}

export interface RecorderOptions extends Keeping {
  readonly facts: RunFacts;
  readonly pictures: PictureFormat;
  /** When the run begins, on the robot's clock. */
  readonly atNs: bigint;
  /** Recording ended before the run did; a sentence. */
  readonly onStopped: (said: string) => void;
  /** Of what is on the disk, several times a second while it grows. */
  readonly onGrown?: (bytes: number) => void;
}

/** Bytes on their way to the thread: beyond half of them pictures are left out, beyond all of them everything. */
const BACKLOG_BYTES_MAX = 64 * 2 ** 20;
/** Messages that go to the thread at once; of joints at 250 Hz a thirtieth of a second. */
const TOGETHER_MAX = 8;
/** What a message weighs beside its bytes. */
const MESSAGE_BYTES = 200;

/** Throws AgentError `launch.invalid` when it cannot be written. */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { file, force, facts, pictures } = options;
  if (file !== null)
    orRefuse(file, () => {
      refuseOthers(file, force);
      removeParts(file);
    });
  const { splitBytes, splitS, minFreeBytes, last } = options;
  const setup: RecorderSetup = { file, force, splitBytes, splitS, minFreeBytes, last, layout: layoutOf(channelsOf(facts)) };
  const thread = await openThread(setup, (why) => options.onStopped(`recorder: stopped, ${why}; the arm goes on`), options.onGrown);
  let backlogBytes = 0;
  let dropped = 0;
  let saves = 0;
  thread.onWritten((bytes) => {
    backlogBytes -= bytes;
  });
  let waiting: Posted[] = [];
  const post = (): void => {
    if (waiting.length === 0) return;
    const bytes = waiting.reduce((sum, { content }) => sum + bytesOf(content).length + MESSAGE_BYTES, 0);
    backlogBytes += bytes;
    thread.post({ kind: "write", messages: waiting, bytes }, waiting.map(({ content }) => bytesOf(content).buffer) as ArrayBuffer[]);
    waiting = [];
  };
  const recorder: Recorder = {
    get dropped() {
      return dropped;
    },
    tell(news) {
      const isPicture = news.kind === "sample" && news.what.kind === "frame";
      if (backlogBytes > (isPicture ? BACKLOG_BYTES_MAX / 2 : BACKLOG_BYTES_MAX)) {
        dropped++;
        return;
      }
      waiting.push(...messagesOf(news, { facts, pictures }).map(posted));
      // Readings of joints are small and many: a few go together, with whatever else comes.
      if (waiting.length >= TOGETHER_MAX || news.kind !== "sample" || isPicture) post();
    },
    saveLast(name) {
      post();
      const id = saves++;
      thread.post({ kind: "save", id, name });
      return thread.answer("saved", (saved) => saved.id === id);
    },
    async finish() {
      post();
      thread.post({ kind: "finish", dropped });
      try {
        return recordedOf(await thread.answer("finished"), thread.stopped(), options);
      } catch (error) {
        return { said: file && `recording ${file} is not whole: the recorder failed, ${faultOf(error)}`, isKept: false, dropped };
      }
    },
  };
  recorder.tell({ kind: "begin", what: facts, atNs: options.atNs });
  await thread.answer("written");
  return recorder;
}

/** Why a run could not be recorded there, as far as it can be known without a trace. Throws AgentError `launch.invalid`. */
export async function tryRecording(file: string, force: boolean): Promise<void> {
  orRefuse(file, () => refuseOthers(file, force));
  if (kindOf(dirname(file)) === "file") throw refusal(file, `ENOTDIR: ${dirname(file)} is a file`);
  await access(dirname(file), constants.W_OK | constants.X_OK).catch((cause) => {
    throw refusal(file, faultOf(cause), cause);
  });
}

/** The same of a folder that recordings go to, by the key that names it; it may be missing. */
export async function trySaving(key: "record.folder" | "record.last", folder: string): Promise<void> {
  await tryWriting(join(folder, "last.mcap")).catch((cause) => {
    const why = `${key}: cannot write into ${folder} (${faultOf(cause)}); name a folder, or a new name for one`;
    throw new AgentError("launch.invalid", why, { cause });
  });
}

function orRefuse(file: string, look: () => void): void {
  try {
    look();
  } catch (cause) {
    throw refusal(file, faultOf(cause), cause);
  }
}

const refusal = (file: string | null, why: string, cause?: unknown): AgentError =>
  new AgentError("launch.invalid", `record: cannot write ${file} (${why}); name a new file in a folder that exists, on a disk with room`, {
    cause,
  });

type Finished = Extract<FromThread, { kind: "finished" }>;

function recordedOf({ files, decisions, dropped }: Finished, stopped: string | null, options: RecorderOptions): Recorded {
  const { file } = options;
  const recorded = (said: string | null, isKept: boolean): Recorded => ({ said, isKept, dropped });
  if (file === null) return recorded(null, true);
  if (stopped !== null) return recorded(`recording ${file} is not whole: it ends after ${decisions} decisions, ${stopped}`, false);
  for (const written of files) {
    const gone = goneFrom(written);
    if (gone) return recorded(`recording ${written.file} is not whole: ${gone}`, true);
  }
  if (dropped > 0) {
    const why = `${dropped} news were left out while disk and encoder were behind; record less or to a faster disk`;
    return recorded(`recording ${file} is not whole: ${why}`, false);
  }
  const where = `${file}${files.length > 1 ? ` and ${files.length - 1} more that follow it` : ""}`;
  return recorded(`recorded ${decisions} decisions in ${where}; ${useOf(options)}`, true);
}

/** What it is good for. */
function useOf({ file, pictures, facts }: RecorderOptions): string {
  if (facts.begins === "within-run") return `foresight replay ${file} --page shows them`;
  return pictures === "png"
    ? `foresight replay ${file} makes them again`
    : "pictures as JPEG are for looking, a replay of them is not exact";
}

/** A picture is copied: its bytes are others' too. */
function posted({ topic, stampNs, receivedNs, data, picture }: Message): Posted {
  const content = picture ? { ...picture, frame: { ...picture.frame, rgb: picture.frame.rgb.slice() } } : (data() as Uint8Array); // Only pictures take time.
  return { topic, stampNs, receivedNs, content };
}

const bytesOf = (content: Posted["content"]): Uint8Array => (content instanceof Uint8Array ? content : content.frame.rgb);

/** The thread, once its first file is open. Throws AgentError `launch.invalid` when that cannot be. */
async function openThread(setup: RecorderSetup, onStopped: (why: string) => void, onGrown: (bytes: number) => void = () => {}) {
  const thread = startWorker("./recorder-worker.ts", import.meta.url, { workerData: setup });
  let stopped: string | null = null;
  let ended: string | null = null;
  thread.on("exit", () => {
    ended ??= "its thread has ended";
  });
  thread.on("message", (message: FromThread) => {
    if (message.kind === "grown") onGrown(message.bytes);
    if (message.kind !== "stopped") return;
    stopped = message.why;
    onStopped(message.why);
  });
  thread.on("error", (error) => {
    ended = faultOf(error);
    onStopped(`it failed, ${ended}`);
  });
  const first = await Promise.race([answerOf(thread, "opened"), answerOf(thread, "refused")]);
  if (first.kind === "refused") throw refusal(setup.file, first.why);
  return {
    post: (message: ToThread, transfer: readonly ArrayBuffer[] = []) => thread.postMessage(message, transfer),
    onWritten: (take: (bytes: number) => void) =>
      void thread.on("message", (message: FromThread) => {
        if (message.kind === "written") take(message.bytes);
      }),
    stopped: () => stopped,
    async answer<Kind extends FromThread["kind"]>(kind: Kind, isIt?: (message: Answer<Kind>) => boolean) {
      if (ended !== null) throw new Error(ended);
      return answerOf(thread, kind, isIt);
    },
  };
}

type Answer<Kind extends FromThread["kind"]> = Extract<FromThread, { kind: Kind }>;

/** Rejects when the thread fails or has ended. */
function answerOf<Kind extends FromThread["kind"]>(
  thread: Worker,
  kind: Kind,
  isIt: (message: Answer<Kind>) => boolean = () => true,
): Promise<Answer<Kind>> {
  return new Promise((resolve, reject) => {
    const take = (message: FromThread): void => {
      if (message.kind !== kind || !isIt(message as Answer<Kind>)) return;
      forget();
      resolve(message as Answer<Kind>);
    };
    const fail = (error: unknown): void => {
      forget();
      reject(error instanceof Error ? error : new Error("its thread has ended"));
    };
    const forget = (): void => {
      thread.off("message", take).off("error", fail).off("exit", fail);
    };
    thread.on("message", take).on("error", fail).on("exit", fail);
  });
}
