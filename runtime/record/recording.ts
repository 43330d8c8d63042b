/** What a replay robot replays: what was sensed and done in order of time, in memory or as a JSON-lines file. */
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import type { Segment } from "../core/motion.ts";
import type { Frame, Sample } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import { linesOf } from "./lines.ts";
import { type End, type Header, type Plain, parseLine } from "./recording-line.ts";

export interface Recording {
  /** In order of receipt. */
  readonly samples: readonly Sample[];
  /** In order of start. */
  readonly segments: readonly Segment[];
}

/** A whole run: what is needed to make its decisions again, and what they were. */
export interface RunRecording extends Recording {
  /** Null for a bare list of samples and segments. */
  readonly header: Header | null;
  /** What the goal looked like; empty for a goal by position. */
  readonly goalFrames: readonly Frame[];
  /** The `decision` halves of all Ticks, as `plain` writes them. */
  readonly decisions: readonly Plain[];
  /** In what way something is missing, as a sentence; null for a run that was recorded to its end and for a bare list. */
  readonly missing: string | null;
}

export const RECORDING_LINES_MAX = 1_000_000;

/** The joints and segments of recorded decisions; pictures are not part of a Tick. `velocityRadPerS` is zero: a Tick has none. */
export function recordingFromTicks(ticks: readonly Tick[]): Recording {
  return {
    samples: ticks.map(({ decision: { stampNs, jointsRad } }) => ({
      kind: "joints",
      joints: { positionRad: jointsRad.slice(), velocityRadPerS: new Float64Array(jointsRad.length), stampNs, receivedNs: stampNs },
    })),
    segments: ticks.flatMap(({ decision: { segment } }) => (segment ? [segment] : [])),
  };
}

/** The first line of a run's recording alone. Throws AgentError `launch.invalid`. */
export async function readHeader(path: string): Promise<Header> {
  try {
    for (const text of linesOf(path)) {
      const entry = parseLine(text);
      if (entry.kind === "header") return entry;
      break;
    }
  } catch (cause) {
    throw unreadable(path, 1, cause);
  }
  throw new AgentError(
    "launch.invalid",
    `recording ${path}: has no header, so it is no run; make one with "foresight run ... record:=FILE"`,
  );
}

/** Reads a file of `recordingLine`s. Throws AgentError `launch.invalid` naming the line that cannot be read. */
export async function readRecording(path: string): Promise<RunRecording> {
  const recording = {
    header: null as Header | null,
    goalFrames: [] as Frame[],
    samples: [] as Sample[],
    segments: [] as Segment[],
    decisions: [] as Plain[],
  };
  let end: End | null = null;
  let lineCount = 0;
  try {
    for (const text of linesOf(path)) {
      if (++lineCount > RECORDING_LINES_MAX) throw new Error(`more than ${RECORDING_LINES_MAX} lines`);
      if (text.trim() === "") continue;
      const entry = parseLine(text);
      if (end)
        throw new Error(entry.kind === "end" ? "the end is there twice" : "the lines are out of order: this one stands behind the end");
      if (entry.kind === "end") end = entry;
      else if (entry.kind === "header") {
        if (lineCount > 1) throw new Error("the header must be the first line, and the only one");
        recording.header = entry;
      } else if (entry.kind === "goal") recording.goalFrames.push(entry.frame);
      else if (entry.kind === "segment") recording.segments.push(entry.segment);
      else if (entry.kind === "decision") {
        recording.decisions.push(entry.decision);
        if (entry.segment) recording.segments.push(entry.segment);
      } else recording.samples.push(entry);
    }
  } catch (cause) {
    throw unreadable(path, Math.max(1, lineCount), cause);
  }
  const there = { lines: lineCount - 1, decisions: recording.decisions.length };
  return { ...recording, missing: recording.header ? missingFrom(end, there) : null };
}

function missingFrom(end: End | null, there: Omit<End, "kind">): string | null {
  if (!end) return `the recording was cut off: its end is missing, behind ${there.decisions} decisions`;
  if (end.lines === there.lines && end.decisions === there.decisions) return null;
  return `the recording is not whole: ${end.lines} lines with ${end.decisions} decisions were written, ${there.lines} with ${there.decisions} are there`;
}

function unreadable(path: string, line: number, cause: unknown): AgentError {
  const why = cause instanceof z.ZodError ? z.prettifyError(cause) : faultOf(cause);
  return new AgentError("launch.invalid", `recording ${path}, line ${line}: ${why}; record it again or name another file`, { cause });
}
