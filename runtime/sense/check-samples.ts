/** Every check of single samples, stream by stream: a bad sample becomes a fault and goes no further. */
import { catchError, filter, map, type OperatorFunction, of } from "rxjs";
import { type Clock, nsToMs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Frame, JointState, Sample } from "../core/sensing.ts";
import { checkFrameSize, createFrozenCheck } from "./frame-check.ts";
import { checkJoints, createJumpCheck } from "./joint-check.ts";
import { distanceNs, nearest, remember } from "./joint-history.ts";
import { type SenseItem, type SenseOptions, streamOf } from "./sense-item.ts";
import { createStampCheck } from "./stamp-check.ts";

/** Passes good samples of known streams; a source that fails is a last fault, after which the stream ends. */
export function checkSamples(options: SenseOptions, clock: Clock): OperatorFunction<Sample, SenseItem> {
  return (samples) => {
    const objection = createSampleCheck(options, clock);
    const known = new Set(options.cameras.map((camera) => camera.name));
    return samples.pipe(
      filter((sample) => !(sample?.kind === "frame" && typeof sample.frame?.camera === "string" && !known.has(sample.frame.camera))),
      map((sample): SenseItem => {
        const error = objection(sample);
        return error ? { kind: "fault", stream: safeStreamOf(sample), error } : { kind: "sample", sample };
      }),
      catchError((cause) => of<SenseItem>({ kind: "fault", stream: "robot", error: asAgentError(cause) })),
    );
  };
}

function asAgentError(cause: unknown): AgentError {
  if (cause instanceof AgentError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AgentError("robot.lost", `robot: its sensors ended with "${reason}"; check the driver and its connection`, { cause });
}

function safeStreamOf(sample: Sample): string {
  return sample?.kind === "joints" || (sample?.kind === "frame" && sample.frame) ? streamOf(sample) : "unknown";
}

/** The first objection to a sample, or null; remembers what the stateful checks need. */
function createSampleCheck(options: SenseOptions, clock: Clock): (sample: Sample) => AgentError | null {
  const cameras = new Map(options.cameras.map((spec) => [spec.name, createFrameCheck(spec, options)]));
  const stampCheck = createStampCheck("joints");
  const jumpCheck = createJumpCheck(options);
  let history: readonly JointState[] = [];

  const objectionToJoints = (joints: JointState): AgentError | null => {
    const error = checkJoints(joints, options.joints, options.rangeToleranceRad) ?? checkAge("joints", joints.receivedNs, options, clock);
    const stampError = error ? null : stampCheck(joints.stampNs);
    if (stampError) return stampError;
    const implausible = error ?? jumpCheck(joints);
    history = implausible ? [] : remember(history, joints);
    return implausible;
  };
  /** Where the arm was in a picture; null when its joints were silent, late or implausible then. */
  const positionAt = ({ stampNs }: Frame): Float64Array | null => {
    const joints = nearest(history, stampNs);
    return joints && nsToMs(distanceNs(joints.stampNs, stampNs)) <= options.maxAgeMs ? joints.positionRad : null;
  };

  return (sample) => {
    const why = malformed(sample);
    if (why) return new AgentError("sense.wrong-size", `sample: ${why}; check the driver`);
    if (sample.kind === "joints") return objectionToJoints(sample.joints);
    return (
      checkAge(streamOf(sample), sample.frame.receivedNs, options, clock) ??
      cameras.get(sample.frame.camera)!(sample.frame, positionAt(sample.frame))
    );
  };
}

function createFrameCheck(spec: SenseOptions["cameras"][number], options: SenseOptions) {
  const stampCheck = createStampCheck(`camera "${spec.name}"`);
  const frozenCheck = createFrozenCheck(options.frozen);
  return (frame: Frame, positionRad: Float64Array | null): AgentError | null =>
    checkFrameSize(frame, spec) ?? stampCheck(frame.stampNs) ?? frozenCheck(frame, positionRad);
}

/** A sample that waited on its way to us is not news. */
function checkAge(stream: string, receivedNs: bigint, { maxAgeMs }: SenseOptions, clock: Clock): AgentError | null {
  const ageMs = nsToMs(clock.nowNs() - receivedNs);
  if (ageMs <= maxAgeMs) return null;
  const message = `${stream}: sample received ${ageMs.toFixed(1)} ms ago, at most ${maxAgeMs} ms; check the load of this computer`;
  return new AgentError("sense.stale", message);
}

/** What the types promise and a wire may break, in words, or null. */
function malformed(sample: Sample): string | null {
  if (sample?.kind !== "frame" && sample?.kind !== "joints") return "is neither a frame nor joints";
  const body = sample.kind === "frame" ? sample.frame : sample.joints;
  if (typeof body !== "object" || body === null) return `${sample.kind} has no content`;
  if (typeof body.stampNs !== "bigint" || typeof body.receivedNs !== "bigint") return `${sample.kind} has no stamps in nanoseconds`;
  if (sample.kind === "joints") {
    const { positionRad, velocityRadPerS } = sample.joints;
    return positionRad instanceof Float64Array && velocityRadPerS instanceof Float64Array
      ? null
      : "joints have no position or velocity array";
  }
  if (typeof sample.frame.camera !== "string") return "frame has no camera name";
  return sample.frame.rgb instanceof Uint8Array ? null : "frame has no byte array";
}
