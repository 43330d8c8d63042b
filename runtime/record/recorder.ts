/** Writes a run as a recording that the replay robot plays: a tap that never holds the loop up and says when it could not keep up. */
import { createWriteStream, type WriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { AgentError } from "../core/errors.ts";
import type { Frame, Sample } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import { RECORDING_LINES_MAX } from "./recording.ts";
import { decisionLine, goalLine, type Header, RECORDING_FORMAT, recordingLine } from "./recording-line.ts";

/** Bytes of one recording; a realtime run with two 64x64 cameras at 20 Hz writes 0.7 MB/s. */
export const RECORDING_BYTES_MAX = 2 ** 30;
/** Bytes that may wait for a slow disk. */
const BACKLOG_BYTES_MAX = 64 * 2 ** 20;

export interface Recorder {
  goal(frames: readonly Frame[]): void;
  sample(sample: Sample): void;
  tick(tick: Tick): void;
  /** Closes the file; one line for people: where it is, or why it is not whole. */
  finish(): Promise<string>;
}

/** Writes the header, `config` being the launch configuration without secrets; a file that exists is replaced, a path is relative to where the command was started. Throws AgentError `launch.invalid` when it cannot be written. */
export async function openRecorder(path: string, header: Omit<Header, "kind" | "format">): Promise<Recorder> {
  const file = resolve(path);
  const stream = await begin(file);
  const failed = new Promise<string>((tell) => stream.once("error", (error) => tell(error.message)));
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
      await Promise.race([new Promise<void>((done) => stream.end(done)), failed]);
      if (problem !== null) return `recording ${file} is not whole: ${problem}`;
      return `recorded ${counts.decisions} decisions in ${file}; foresight replay ${path} makes them again`;
    },
  };
}

async function begin(file: string): Promise<WriteStream> {
  try {
    await (await open(file, "w")).close();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("launch.invalid", `record: cannot write ${file} (${why}); name a file in a folder that exists`, { cause });
  }
  return createWriteStream(file);
}

function limitOf(stream: WriteStream, { lines, bytes }: { readonly lines: number; readonly bytes: number }): string | null {
  if (lines >= RECORDING_LINES_MAX) return `it has ${lines} lines, at most ${RECORDING_LINES_MAX}; record a shorter run`;
  if (bytes >= RECORDING_BYTES_MAX) return `it has ${bytes} bytes, at most ${RECORDING_BYTES_MAX}; record a shorter run`;
  if (stream.writableLength < BACKLOG_BYTES_MAX) return null;
  return `${stream.writableLength} bytes wait for the disk, at most ${BACKLOG_BYTES_MAX}; record to a faster one`;
}
