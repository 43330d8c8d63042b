/** Writes a run as a recording that the replay robot plays: a tap that never holds the loop up and says when it could not keep up. */
import { type BigIntStats, lstatSync, type WriteStream } from "node:fs";
import { access, constants, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AgentError } from "../core/errors.ts";
import { FileFault, faultOf } from "../core/file-fault.ts";
import { kindOf, removeFile } from "../core/own-files.ts";
import type { Frame, Sample } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import { linesOf, RECORDING_BYTES_MAX } from "./lines.ts";
import { RECORDING_LINES_MAX } from "./recording.ts";
import { decisionLine, goalLine, type Header, parseLine, RECORDING_FORMAT, recordingLine } from "./recording-line.ts";

/** Bytes that may wait for a slow disk. */
const BACKLOG_BYTES_MAX = 64 * 2 ** 20;

export interface Recorder {
  goal(frames: readonly Frame[]): void;
  sample(sample: Sample): void;
  tick(tick: Tick): void;
  /** Closes the file. */
  finish(): Promise<Recorded>;
}

export interface Recorded {
  /** For people: where it is, or why it is not whole. */
  readonly said: string;
  /** False where the disk or our bounds refused; a file that somebody else took away meanwhile is said alone. */
  readonly isKept: boolean;
}

export interface RecorderOptions {
  /** Replace a recording that is there; what is no recording is never replaced. */
  readonly force?: boolean;
}

/** Writes the header, `config` being the launch configuration without secrets; a path is relative to where the command was started. Throws AgentError `launch.invalid` when it cannot be written. */
export async function openRecorder(
  path: string,
  header: Omit<Header, "kind" | "format">,
  options: RecorderOptions = {},
): Promise<Recorder> {
  const file = resolve(path);
  const { stream, own } = await begin(file, options);
  const failed = new Promise<string>((tell) => stream.once("error", (error) => tell(faultOf(error))));
  let problem: string | null = null;
  void failed.then((why) => {
    problem ??= why;
  });
  const counts = { lines: 0, bytes: 0, decisions: 0 };
  const write = (text: string): void => {
    problem ??= limitOf(stream, counts);
    if (problem !== null) return;
    counts.lines++;
    counts.bytes += text.length + 1;
    stream.write(`${text}\n`);
  };
  write(recordingLine({ kind: "header", format: RECORDING_FORMAT, ...header }));
  return {
    goal: (frames) => {
      for (const frame of frames) write(goalLine(frame));
    },
    sample: (sample) => write(recordingLine(sample)),
    tick({ decision }) {
      counts.decisions++;
      write(decisionLine(decision));
    },
    async finish() {
      write(recordingLine({ kind: "end", lines: counts.lines, decisions: counts.decisions }));
      await Promise.race([new Promise<void>((done) => stream.end(done)), failed]);
      if (problem !== null) return { said: `recording ${file} is not whole: ${problem}`, isKept: false };
      const gone = goneFrom(file, own, counts.bytes);
      if (gone) return { said: `recording ${file} is not whole: ${gone}`, isKept: true };
      return { said: `recorded ${counts.decisions} decisions in ${file}; foresight replay ${path} makes them again`, isKept: true };
    },
  };
}

/** Why a run could not be recorded there, as far as it can be known without a trace. Throws AgentError `launch.invalid`. */
export async function tryRecording(path: string, { force = false }: RecorderOptions = {}): Promise<void> {
  const file = resolve(path);
  try {
    refuseOther(file, force);
    await access(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusal(file, cause);
  }
}

async function begin(file: string, { force = false }: RecorderOptions): Promise<{ stream: WriteStream; own: BigIntStats }> {
  try {
    refuseOther(file, force);
    removeFile(file);
    const handle = await open(file, "wx");
    return { own: await handle.stat({ bigint: true }), stream: handle.createWriteStream() };
  } catch (cause) {
    throw refusal(file, cause);
  }
}

/** Nothing but a recording is replaced, and that only when it is asked for. */
function refuseOther(file: string, force: boolean): void {
  const kind = kindOf(file);
  if (kind === "nothing") return;
  if (kind !== "file")
    throw new FileFault(kind === "folder" ? "it is a folder" : `it is a ${kind === "link" ? "link" : "pipe or device"}, not a file`);
  if (!isRecording(file)) throw new FileFault("there is a file that is no recording, and it is left as it is");
  if (!force) throw new FileFault("there is a recording already: --force replaces it");
}

/** By its first line. */
function isRecording(file: string): boolean {
  try {
    const [first] = linesOf(file);
    return first !== undefined && parseLine(first).kind === "header";
  } catch {
    return false;
  }
}

const refusal = (file: string, cause: unknown): AgentError =>
  new AgentError("launch.invalid", `record: cannot write ${file} (${faultOf(cause)}); name a file in a folder that exists`, { cause });

/** What became of a file that was written to its end, if it is not there. */
function goneFrom(file: string, own: BigIntStats, bytes: number): string | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (!found) return "the file, or its folder, is gone: somebody removed it during the run";
  if (found.ino !== own.ino || found.dev !== own.dev) return "another file took its place during the run";
  return found.size === BigInt(bytes) ? null : `it has ${found.size} bytes, ${bytes} were written`;
}

function limitOf(stream: WriteStream, { lines, bytes }: { readonly lines: number; readonly bytes: number }): string | null {
  if (lines >= RECORDING_LINES_MAX) return `it has ${lines} lines, at most ${RECORDING_LINES_MAX}; record a shorter run`;
  if (bytes >= RECORDING_BYTES_MAX) return `it has ${bytes} bytes, at most ${RECORDING_BYTES_MAX}; record a shorter run`;
  if (stream.writableLength < BACKLOG_BYTES_MAX) return null;
  return `${stream.writableLength} bytes wait for the disk, at most ${BACKLOG_BYTES_MAX}; record to a faster one`;
}
