/** A Robot made of a recording: it shows what was seen and compares what it is told with what was done. It moves nothing. */
import { concat, defer, from, type Observable, Subject } from "rxjs";
import { admit, refusalOf } from "../act/admission.ts";
import { STREAM_RATE_HZ } from "../act/command-loop.ts";
import { createStream, type Stream } from "../act/stream.ts";
import { untilAborted } from "../act/until-aborted.ts";
import { type ManualClock, secondsToNs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Segment, SegmentEvent } from "../core/motion.ts";
import type { Robot, RobotSpec } from "../core/robot.ts";
import type { Sample } from "../core/sensing.ts";
import { differences } from "./differences.ts";
import type { Recording } from "./reading.ts";

export interface ReplayRobotOptions {
  readonly spec: RobotSpec;
  readonly recording: Recording;
  /** At or before the first recorded decision; moved by the robot from decision to decision. */
  readonly clock: ManualClock;
  /** The decision period, for `pass` and after the recording's end. */
  readonly periodS: number;
  /** What time does when a segment is taken: it goes to the next recorded decision (default), or on by one period as a waiting world does. */
  readonly advance?: "recorded" | "period";
  /** How long before a segment's start its decision was made, where time goes from decision to decision; default 0. */
  readonly leadNs?: bigint;
  /** How far a knot may differ, rad, rad/s and rad/s^2; default 1e-6. */
  readonly tolerance?: number;
  /** Whether a mismatch is thrown (`robot.rejected`) and not only reported. */
  readonly strict?: boolean;
}

/** A segment that is not the recorded one. */
export interface Mismatch {
  /** Of the decision, from 0. */
  readonly index: number;
  readonly segmentId: number;
  readonly why: readonly string[];
}

export interface ReplayRobot extends Robot {
  readonly mismatches: Observable<Mismatch>;
  /** One decision period without a new segment. */
  pass(): Promise<void>;
}

const TOLERANCE = 1e-6;
const BEAT_NS = secondsToNs(1 / STREAM_RATE_HZ);

/** Throws AgentError `launch.invalid` when the recording is not of this robot. */
export function createReplayRobot(options: ReplayRobotOptions): ReplayRobot {
  const { spec, recording, clock, periodS, strict = false } = options;
  const mismatches = new Subject<Mismatch>();
  const events = new Subject<SegmentEvent>();
  const tape = createTape(options);
  const stream = createStream({ spec, initialRad: initialRad(options), startNs: clock.nowNs(), onEvent: (event) => events.next(event) });
  let lastId = -1;
  let index = 0;
  let disposed = false;
  const checkOpen = (): void => {
    if (disposed) throw new AgentError("robot.lost", `robot "${spec.name}": disposed of; make a new one`);
  };
  const playUntil = (stampNs: bigint): void => {
    tape.playUntil(stampNs);
    stream.commandAt(clock.nowNs());
  };
  /** Follows the recorded segment where it still fits, so that one mismatch does not make the next. */
  const follow = (segment: Segment): void => {
    const recorded = recording.segments[index];
    if (!recorded)
      throw new AgentError("robot.lost", `segment ${segment.id}: the recording ended after ${index} segments; stop the run there`);
    const why = differences(segment, recorded, spec, options.tolerance ?? TOLERANCE);
    if (why.length > 0 && strict)
      throw new AgentError(
        "robot.rejected",
        `segment ${segment.id}: not as recorded: ${why.join("; ")}; replay with the model and the settings of the recording, or see what differs without strict`,
      );
    if (why.length > 0) mismatches.next({ index, segmentId: segment.id, why });
    const followed = stream.accept({ ...recorded, id: segment.id }, clock.nowNs());
    const admission = followed.kind === "accepted" ? followed : stream.accept(segment, clock.nowNs());
    if (admission.kind === "rejected") throw refusalOf(admission);
    lastId = segment.id;
    index++;
  };
  return {
    spec,
    events: events.asObservable(),
    mismatches: mismatches.asObservable(),
    observe: (signal) => untilAborted(tape.samples, signal),
    async act(segment) {
      checkOpen();
      check(segment, stream, options, lastId);
      follow(segment);
      playUntil(tape.decisionNs(index) ?? clock.nowNs() + secondsToNs(periodS)); // The next one: `follow` has counted this one.
      return segment;
    },
    async pass() {
      checkOpen();
      playUntil(clock.nowNs() + secondsToNs(periodS));
    },
    commandedAt: stream.commandedAt,
    async stop(reason) {
      checkOpen();
      stream.stop(clock.nowNs(), reason);
      playUntil(clock.nowNs() + BigInt(Math.ceil(stream.restInS(clock.nowNs()) * STREAM_RATE_HZ - 1e-9)) * BEAT_NS); // As lockstep robots do.
    },
    async resume() {
      checkOpen();
      stream.resume();
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      tape.end();
      events.complete();
      mismatches.complete();
    },
  };
}

/** A segment must fit the commanded state here as it must on an arm. */
function check(segment: Segment, stream: Stream, { spec, clock }: ReplayRobotOptions, lastId: number): void {
  const { stopReason, commandedAt } = stream;
  const admission = admit(segment, { nowNs: clock.nowNs(), spec, lastId, stopReason, pending: null, commandedAt });
  if (admission.kind === "rejected") throw refusalOf(admission);
}

/** Where the first segment starts, else the first joint reading. */
function initialRad({ spec, recording }: ReplayRobotOptions): Float64Array {
  const reading = recording.samples.find((sample) => sample.kind === "joints")?.joints.positionRad;
  const found = recording.segments[0]?.knots[0]?.positionRad ?? reading;
  if (found?.length === spec.joints.length) return found;
  const has = found ? `${found.length} joints` : "no joint reading";
  throw new AgentError(
    "launch.invalid",
    `recording has ${has}, robot "${spec.name}" has ${spec.joints.length} joints; choose its own recording`,
  );
}

/** The recorded samples as the clock passes them. */
function createTape({ recording, clock, leadNs = 0n, advance = "recorded" }: ReplayRobotOptions) {
  const sequence = [...recording.samples].sort((a, b) => Number(receivedNs(a) - receivedNs(b)));
  const live = new Subject<Sample>();
  const present = new Map<string, Sample>();
  let next = 0;
  let ended = false;
  const playUntil = (stampNs: bigint): void => {
    if (stampNs > clock.nowNs()) clock.advanceTo(stampNs);
    for (let sample = sequence[next]; sample && receivedNs(sample) <= clock.nowNs(); sample = sequence[++next]) {
      present.set(sample.kind === "frame" ? `frame ${sample.frame.camera}` : sample.kind, sample);
      live.next(sample);
    }
  };
  const decisionNs = (index: number): bigint | null => {
    const segment = advance === "recorded" ? recording.segments[index] : undefined;
    return segment ? segment.startNs - leadNs : null;
  };
  const first = sequence[0];
  playUntil(decisionNs(0) ?? (first ? receivedNs(first) : 0n));
  return {
    samples: concat(
      defer(() => from(ended ? [] : present.values())),
      live,
    ),
    playUntil,
    decisionNs,
    end(): void {
      ended = true;
      live.complete();
    },
  };
}

const receivedNs = (sample: Sample): bigint => (sample.kind === "frame" ? sample.frame.receivedNs : sample.joints.receivedNs);
