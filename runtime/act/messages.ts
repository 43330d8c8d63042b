/** What agent and keeper say to each other, checked on arrival. Motion limits are not checked here: the stream and the last guard do that. */
import { z } from "zod";
import { AgentError, ERROR_CODES } from "../core/errors.ts";
import type { Segment, SegmentEvent } from "../core/motion.ts";
import type { Sample } from "../core/sensing.ts";

const floats = z.instanceof(Float64Array).refine((values) => values.length <= 32, "at most 32 joints");
const stamp = z.bigint();
const request = z.int().nonnegative();
const text = z.string().max(1000);

const knot = z.strictObject({ tS: z.number(), positionRad: floats, velocityRadPerS: floats, accelerationRadPerS2: floats });
const gripper = z.strictObject({ openingM: z.number(), speedMPerS: z.number(), forceN: z.number() });
const segment = z.strictObject({
  id: z.int(),
  startNs: stamp,
  knots: z.array(knot).min(1).max(64),
  gripper: gripper.optional(),
}) as z.ZodType<Segment>; // An absent gripper stays absent.
const event = z.strictObject({
  segmentId: z.int(),
  kind: z.enum(["started", "replaced", "completed", "aborted"]),
  atNs: stamp,
  reason: text.optional(),
}) as z.ZodType<SegmentEvent>; // An absent reason stays absent.
const frame = z
  .strictObject({
    camera: z.string(),
    widthPx: z.int().positive().max(8192),
    heightPx: z.int().positive().max(8192),
    rgb: z.instanceof(Uint8Array),
    stampNs: stamp,
    receivedNs: stamp,
  })
  .refine(({ widthPx, heightPx, rgb }) => rgb.length === widthPx * heightPx * 3, "rgb must hold widthPx x heightPx x 3 bytes");
const felt = z.strictObject({ openingM: z.number(), effortN: z.number().optional() });
const joints = z.strictObject({
  positionRad: floats,
  velocityRadPerS: floats,
  effortNm: floats.optional(),
  gripper: felt.optional(),
  stampNs: stamp,
  receivedNs: stamp,
});
const sample = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("frame"), frame }),
  z.strictObject({ kind: z.literal("joints"), joints }),
]) as z.ZodType<Sample>;
const stats = z.strictObject({
  beatCount: z.int(),
  lateCount: z.int(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  p999Ms: z.number(),
  maxMs: z.number(),
  droppedSampleCount: z.int(),
  malformedCount: z.int(),
});

/** Agent to keeper. */
export const toKeeper = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("configure"), config: z.unknown() }),
  z.strictObject({ kind: z.literal("heartbeat") }),
  z.strictObject({ kind: z.literal("bye") }),
  z.strictObject({ kind: z.literal("act"), request, segment }),
  z.strictObject({ kind: z.literal("stop"), request, reason: text }),
  z.strictObject({ kind: z.literal("resume"), request }),
  z.strictObject({ kind: z.literal("stats"), request }),
  z.strictObject({ kind: z.literal("ask"), request, name: z.string().max(100), payload: z.unknown() }),
]);
export type ToKeeper = z.infer<typeof toKeeper>;
export type Request = Extract<ToKeeper, { request: number }>;

/** A request that may be malformed otherwise, so that it can be refused by its number. */
export const numbered = z.object({ request });

/** Keeper to agent. */
export const toAgent = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ready"), initialRad: floats as z.ZodType<Float64Array>, stampNs: stamp }),
  z.strictObject({ kind: z.literal("samples"), samples: z.array(sample).max(64) }),
  z.strictObject({ kind: z.literal("event"), event }),
  /** What the keeper follows from the segment's start on, whatever was accepted: a brake or a hold. */
  z.strictObject({ kind: z.literal("override"), segment, reason: text }),
  z.strictObject({ kind: z.literal("reply"), request, value: z.unknown() }),
  z.strictObject({ kind: z.literal("refusal"), request, code: z.enum(ERROR_CODES), message: z.string() }),
  /** The keeper stopped the arm by itself and goes on holding it. */
  z.strictObject({ kind: z.literal("fault"), code: z.enum(ERROR_CODES), message: z.string() }),
  z.strictObject({ kind: z.literal("failed"), code: z.enum(ERROR_CODES), message: z.string() }),
]);
export type ToAgent = z.infer<typeof toAgent>;

export const acceptedSegment = segment;
export const keeperStats = stats;
/** Evenness of the stream (percentiles of period error, ms) and what was dropped. */
export type KeeperStats = z.infer<typeof stats>;

/** Code and message of any error; one that is not an AgentError counts as a lost robot. */
export function describeError(error: unknown): { code: AgentError["code"]; message: string } {
  if (error instanceof AgentError) return { code: error.code, message: error.message };
  return { code: "robot.lost", message: error instanceof Error ? error.message : String(error) };
}
