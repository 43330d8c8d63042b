/** A Robot made of a recording, for decisions that are made again at their recorded moments: whoever decides says when it is. It moves nothing. */
import { concat, defer, EMPTY, from, type Observable, Subject } from "rxjs";
import { createTimeline } from "../act/timeline.ts";
import { untilAborted } from "../act/until-aborted.ts";
import { type ManualClock, secondsToNs } from "../core/clock.ts";
import type { Order } from "../core/desk.ts";
import { AgentError } from "../core/errors.ts";
import type { Segment } from "../core/motion.ts";
import type { Robot, RobotSpec } from "../core/robot.ts";
import type { Sample } from "../core/sensing.ts";
import type { Place } from "./moments.ts";
import type { RunRecording } from "./reading.ts";

export interface MomentRobot extends Robot {
  /** Lets be sensed, go wrong, be told, and be done by the arm itself, what was until then; nothing where that has passed. True where the last of it may hold the agent. */
  playUntil(until: Place): boolean;
  /** When somebody told the desk next; null where nobody did any more. */
  readonly nextOrder: Place | null;
  /** What somebody told the desk then. */
  readonly orders: Observable<Order>;
  /** Nothing is left of the recording. */
  readonly isOver: boolean;
  /** One decision period. */
  pass(): void;
}

export interface MomentRobotOptions {
  readonly spec: RobotSpec;
  readonly recording: Pick<RunRecording, "samples" | "overrides" | "prepared" | "events" | "moments">;
  /** Moved by the robot. */
  readonly clock: ManualClock;
  readonly periodS: number;
}

/** Throws AgentError `launch.invalid` when the recording is not of this robot. */
export function createMomentRobot({ spec, recording, clock, periodS }: MomentRobotOptions): MomentRobot {
  const { overrides, events, moments } = recording;
  const samples = [...recording.samples].sort((a, b) => Number(receivedNs(a) - receivedNs(b)));
  const live = new Subject<Sample>();
  const present = new Map<string, Sample>();
  const sent = moments.flatMap(({ decision }) => decision?.sent ?? []);
  const followed = new Map(sent.map((each) => [each.segment.startNs, each]));
  let sample = 0;
  let override = 0;
  let event = 0;
  let isDisposed = false;
  const faults = new Subject<AgentError>();
  const orders = new Subject<Order>();
  const goTo = (stampNs: bigint): void => {
    if (stampNs > clock.nowNs()) clock.advanceTo(stampNs);
  };
  const sense = (until: Place): void => {
    for (let next = samples[sample]; next && receivedNs(next) <= until.atNs; next = samples[++sample]) {
      goTo(receivedNs(next)); // A sensor that is watched is not silent only because much is played at once.
      present.set(next.kind === "frame" ? `frame ${next.frame.camera}` : next.kind, next);
      live.next(next);
    }
    for (let next = overrides[override]; next && isBefore(next, until); next = overrides[++override]) timeline.insert(next.segment);
    goTo(until.atNs);
  };
  const playUntil: MomentRobot["playUntil"] = (until) => {
    let isHeld = false;
    for (let next = events[event]; next && isBefore(next, until); next = events[event]) {
      event++; // Before it is told: whoever hears of it may let more time pass.
      sense(next);
      isHeld = "error" in next || (next.order.kind === "commanded" && next.order.command === "hold");
      if ("error" in next) faults.next(next.error);
      else orders.next(next.order);
    }
    sense(until);
    return isHeld;
  };
  const firstOrder = events.find((each) => "order" in each);
  const startNs = [moments[0], firstOrder, recording.prepared[0]].flatMap((each) => each?.atNs ?? []).reduce(earlier, FOREVER_NS);
  const timeline = createTimeline(initialRad(spec, recording.samples, sent[0]?.segment), startNs);
  sense({ atNs: startNs, place: 0 }); // What came from outside before is told later: nobody listens yet.
  return {
    spec,
    events: EMPTY,
    orders: orders.asObservable(),
    get nextOrder() {
      return events.slice(event).find((each) => "order" in each) ?? null;
    },
    get isOver() {
      return samples[sample] === undefined && events[event] === undefined;
    },
    faults: faults.asObservable(), // Those that the senses told are among them.
    observe: (signal) =>
      untilAborted(
        concat(
          defer(() => from(isDisposed ? [] : present.values())),
          live,
        ),
        signal,
      ),
    async act(segment) {
      const recorded = followed.get(segment.startNs);
      if (recorded) playUntil(recorded); // A brake that came before it was taken does not end it.
      timeline.insert(recorded?.segment ?? segment); // What was done then, so that one difference does not make the next.
      return segment;
    },
    commandedAt: timeline.commandedAt,
    async stop() {}, // How it came to rest is in the recording.
    async resume() {},
    playUntil,
    pass: () => void playUntil(anyPlaceAt(clock.nowNs() + secondsToNs(periodS))),
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      live.complete();
      faults.complete();
      orders.complete();
    },
  };
}

/** Where the first motion starts, else the first joint reading. */
function initialRad(spec: RobotSpec, samples: readonly Sample[], first: Segment | undefined): Float64Array {
  const reading = samples.find((sample) => sample.kind === "joints")?.joints.positionRad;
  const found = first?.knots[0]?.positionRad ?? reading;
  if (found?.length === spec.joints.length) return found;
  const has = found ? `${found.length} joints` : "no joint reading";
  throw new AgentError(
    "launch.invalid",
    `recording has ${has}, robot "${spec.name}" has ${spec.joints.length} joints; choose its own recording`,
  );
}

/** Whatever the agent has come to: for time that passes by itself. */
export const anyPlaceAt = (atNs: bigint): Place => ({ atNs, place: Number.POSITIVE_INFINITY });

const isBefore = (one: Place, until: Place): boolean => one.atNs <= until.atNs && one.place <= until.place;
const FOREVER_NS = 2n ** 63n;
const earlier = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const receivedNs = (sample: Sample): bigint => (sample.kind === "frame" ? sample.frame.receivedNs : sample.joints.receivedNs);
