/** One line of a recording: how samples, segments, goal pictures and decisions are written as JSON, every number exactly, and read back. */
import { z } from "zod";
import { parseJson } from "../core/json.ts";
import type { Segment } from "../core/motion.ts";
import type { Frame, JointState, Sample } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";

export const RECORDING_FORMAT = 1;

/** The first line of a run's recording. */
export interface Header {
  readonly kind: "header";
  readonly format: typeof RECORDING_FORMAT;
  readonly robot: string;
  readonly mode: "lockstep" | "realtime";
  readonly periodS: number;
  /** From a decision to the start of its segment. */
  readonly leadMs: number;
  readonly modelHash: string;
  /** The launch configuration, without secrets. */
  readonly config: unknown;
}

/** JSON that stands for a value with typed arrays, bigints, negative zeros and numbers that are none. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** The last line of a run's recording: without it the recording was cut off. */
export interface End {
  readonly kind: "end";
  /** Before this one. */
  readonly lines: number;
  readonly decisions: number;
}

export type RecordedEntry =
  | Sample
  | Header
  | End
  | { readonly kind: "goal"; readonly frame: Frame }
  | { readonly kind: "segment"; readonly segment: Segment }
  | { readonly kind: "decision"; readonly decision: Plain; readonly segment: Segment | null };

/** Arrays as arrays, stamps as decimal strings, and the numbers that JSON does not know (NaN, Infinity, -0) as strings. */
export function plain(value: unknown): Plain {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? "-0" : `${value}`;
  if (typeof value === "bigint") return `${value}`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, plain(each)]));
}

/** A sample, a segment, a header or an end as one line of JSON; pictures in base64. */
export function recordingLine(entry: Sample | Segment | Header | End): string {
  if ("knots" in entry) return JSON.stringify({ kind: "segment", ...(plain(entry) as object) });
  if (entry.kind === "header" || entry.kind === "end") return JSON.stringify(entry);
  if (entry.kind === "frame") return JSON.stringify({ kind: "frame", ...frameFields(entry.frame) });
  return JSON.stringify({ kind: "joints", ...(plain(entry.joints) as object) });
}

export const goalLine = (frame: Frame): string => JSON.stringify({ kind: "goal", ...frameFields(frame) });
export const decisionLine = (decision: Tick["decision"]): string => JSON.stringify({ kind: "decision", decision: plain(decision) });

/** Throws SyntaxError or ZodError for what is no line of a recording. */
export function parseLine(text: string): RecordedEntry {
  const raw: unknown = parseJson(text);
  const entry = line.parse(raw);
  switch (entry.kind) {
    case "header":
    case "end":
      return entry;
    case "goal":
      return { kind: "goal", frame: frameOf(entry) };
    case "frame":
      return { kind: "frame", frame: frameOf(entry) };
    case "joints": {
      const { kind, ...joints } = entry;
      return { kind, joints: joints as JointState }; // An absent gripper stays absent, here and below.
    }
    case "segment": {
      const { kind, ...segment } = entry;
      return { kind, segment: segment as Segment };
    }
    case "decision":
      return { kind: "decision", decision: (raw as { decision: Plain }).decision, segment: entry.decision.segment as Segment | null };
  }
}

function frameFields({ camera, widthPx, heightPx, stampNs, receivedNs, rgb }: Frame) {
  const stamps = { stampNs: `${stampNs}`, receivedNs: `${receivedNs}` };
  return { camera, widthPx, heightPx, ...stamps, rgbBase64: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength).toString("base64") };
}

const stamp = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);
const exact = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity", "-0"]).transform(Number)]);
const floats = z
  .array(exact)
  .max(32)
  .transform((values) => Float64Array.from(values));
const knot = z.strictObject({ tS: z.number(), positionRad: floats, velocityRadPerS: floats, accelerationRadPerS2: floats });
const gripper = z.strictObject({ openingM: exact, speedMPerS: exact, forceN: exact });
const segmentFields = { id: z.int(), startNs: stamp, knots: z.array(knot).min(2), gripper: gripper.optional() };
const felt = z.strictObject({ openingM: exact, effortN: exact.optional() });
const pictureFields = {
  camera: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  stampNs: stamp,
  receivedNs: stamp,
  rgbBase64: z.base64(),
};
const header = z.strictObject({
  kind: z.literal("header"),
  format: z.literal(RECORDING_FORMAT),
  robot: z.string(),
  mode: z.enum(["lockstep", "realtime"]),
  periodS: z.number().positive().max(10),
  leadMs: z.number().min(0).max(5000),
  modelHash: z.string(),
  config: z.unknown(),
});
const line = z.discriminatedUnion("kind", [
  header,
  z.strictObject({ kind: z.literal("end"), lines: z.int().nonnegative(), decisions: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal("segment"), ...segmentFields }),
  z.strictObject({
    kind: z.literal("joints"),
    stampNs: stamp,
    receivedNs: stamp,
    positionRad: floats,
    velocityRadPerS: floats,
    gripper: felt.optional(),
  }),
  z.strictObject({ kind: z.literal("frame"), ...pictureFields }),
  z.strictObject({ kind: z.literal("goal"), ...pictureFields }),
  z.strictObject({ kind: z.literal("decision"), decision: z.looseObject({ segment: z.strictObject(segmentFields).nullable() }) }),
]);

function frameOf({ camera, widthPx, heightPx, stampNs, receivedNs, rgbBase64 }: { rgbBase64: string } & Omit<Frame, "rgb">): Frame {
  const rgb = new Uint8Array(Buffer.from(rgbBase64, "base64"));
  const bytes = widthPx * heightPx * 3;
  if (rgb.length !== bytes) throw new Error(`picture of ${camera} has ${rgb.length} bytes, must have ${bytes}`);
  return { camera, widthPx, heightPx, rgb, stampNs, receivedNs };
}
