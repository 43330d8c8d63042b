/** What a replay robot replays: sensor samples and segments in order of time, in memory or as a JSON-lines file. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Knot, Sample, Segment, Tick } from "../../runtime/core/types.ts";

export interface Recording {
  /** In order of receipt. */
  readonly samples: readonly Sample[];
  /** In order of start. */
  readonly segments: readonly Segment[];
}

const LINES_MAX = 1_000_000;

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

/** Reads a file of `recordingLine`s. Throws AgentError `launch.invalid` naming the line that cannot be read. */
export async function readRecording(path: string): Promise<Recording> {
  const samples: Sample[] = [];
  const segments: Segment[] = [];
  let lineCount = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (++lineCount > LINES_MAX) throw new Error(`more than ${LINES_MAX} lines`);
      if (text.trim() === "") continue;
      const entry = line.parse(JSON.parse(text));
      if (entry.kind === "segment") segments.push(segmentOf(entry));
      else samples.push(sampleOf(entry));
    }
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("launch.invalid", `recording ${path}, line ${lineCount}: ${why}; record it again or name another file`, { cause });
  }
  return { samples, segments };
}

/** One sample or segment as one line of JSON: stamps as decimal strings, pictures in base64. */
export function recordingLine(entry: Sample | Segment): string {
  if ("knots" in entry) {
    const knots = entry.knots.map(({ tS, positionRad, velocityRadPerS, accelerationRadPerS2 }) => ({
      tS,
      positionRad: [...positionRad],
      velocityRadPerS: [...velocityRadPerS],
      accelerationRadPerS2: [...accelerationRadPerS2],
    }));
    return JSON.stringify({ kind: "segment", id: entry.id, startNs: `${entry.startNs}`, knots });
  }
  const { stampNs, receivedNs } = entry.kind === "frame" ? entry.frame : entry.joints;
  const stamps = { stampNs: `${stampNs}`, receivedNs: `${receivedNs}` };
  if (entry.kind === "frame") {
    const { camera, widthPx, heightPx, rgb } = entry.frame;
    return JSON.stringify({ kind: "frame", camera, widthPx, heightPx, ...stamps, rgbBase64: Buffer.from(rgb).toString("base64") });
  }
  const { positionRad, velocityRadPerS } = entry.joints;
  return JSON.stringify({ kind: "joints", ...stamps, positionRad: [...positionRad], velocityRadPerS: [...velocityRadPerS] });
}

const stamp = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);
const floats = z
  .array(z.number())
  .max(32)
  .transform((values) => Float64Array.from(values));
const knot = z.strictObject({ tS: z.number(), positionRad: floats, velocityRadPerS: floats, accelerationRadPerS2: floats });
const line = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("segment"), id: z.int(), startNs: stamp, knots: z.array(knot).min(2) }),
  z.strictObject({ kind: z.literal("joints"), stampNs: stamp, receivedNs: stamp, positionRad: floats, velocityRadPerS: floats }),
  z.strictObject({
    kind: z.literal("frame"),
    camera: z.string(),
    widthPx: z.int().positive(),
    heightPx: z.int().positive(),
    stampNs: stamp,
    receivedNs: stamp,
    rgbBase64: z.base64(),
  }),
]);
type Line = z.infer<typeof line>;

const segmentOf = ({ id, startNs, knots }: { id: number; startNs: bigint; knots: readonly Knot[] }): Segment => ({ id, startNs, knots });

function sampleOf(entry: Exclude<Line, { kind: "segment" }>): Sample {
  if (entry.kind === "joints") {
    const { kind, ...joints } = entry;
    return { kind, joints };
  }
  const { kind, rgbBase64, ...rest } = entry;
  const rgb = new Uint8Array(Buffer.from(rgbBase64, "base64"));
  const bytes = rest.widthPx * rest.heightPx * 3;
  if (rgb.length !== bytes) throw new Error(`picture of ${rest.camera} has ${rgb.length} bytes, must have ${bytes}`);
  return { kind, frame: { ...rest, rgb } };
}
