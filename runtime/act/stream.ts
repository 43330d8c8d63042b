/** The command stream's pure core: accepts segments, says what is commanded at any instant, brakes. It reads no clock: the caller brings the time. */
import { heldGripper } from "../core/gripper.ts";
import type { GripperCommand, JointCommand, Segment, SegmentEvent } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import { type Admission, admit } from "./admission.ts";
import { type BrakeRequest, brakeSegment } from "./brake.ts";
import { createTimeline, holdSegment, segmentEndNs } from "./timeline.ts";

export interface StreamOptions {
  readonly spec: RobotSpec;
  /** Where the arm rests at the start, shape (jointCount). */
  readonly initialRad: ArrayLike<number>;
  readonly startNs: bigint;
  /** Told in order of time; must not throw. */
  readonly onEvent?: (event: SegmentEvent) => void;
}

/** Stamps given to its methods never go back; `commandedAt` alone may be asked for any instant. */
export interface Stream {
  /** A segment must start now or later from the commanded state; one may wait for its start, a newer one that starts no later replaces it. */
  accept(segment: Segment, nowNs: bigint): Admission;
  /** Lets events up to `nowNs` happen and returns what to command now; a copy. */
  commandAt(nowNs: bigint): JointCommand;
  /** The commanded state at any instant, given what was accepted so far; a copy. */
  commandedAt(stampNs: bigint): JointCommand;
  /** The segment that holds at an instant: an accepted one, a brake or a hold. */
  segmentAt(stampNs: bigint): Segment;
  /** Brakes to rest within 0.4 s and rejects segments until `resume`. Returns the braking segment. */
  stop(nowNs: bigint, reason: string): Segment;
  /** Leaves everything accepted for the way to rest from a state other than the commanded one; segments are accepted from it. Returns the braking segment. */
  brake(from: BrakeState, nowNs: bigint, reason: string): Segment;
  /** As `brake`, and rejects segments until `resume`. */
  stopFrom(from: BrakeState, nowNs: bigint, reason: string): Segment;
  /** At rest there from now on: the arm was placed, or may go no further; so is the gripper, at what it was told last where nothing is said of it. Returns the holding segment. */
  holdAt(positionRad: ArrayLike<number>, nowNs: bigint, reason: string, gripper?: GripperCommand): Segment;
  resume(): void;
  /** Why segments are rejected, or null when they are not. */
  readonly stopReason: string | null;
  /** Where everything accepted comes to rest, shape (jointCount). */
  restRad(): Float64Array;
  /** Seconds from `nowNs` until then; 0 at rest. */
  restInS(nowNs: bigint): number;
}

export type BrakeState = Omit<BrakeRequest, "joints">;

export function createStream({ spec, initialRad, startNs, onEvent = () => {} }: StreamOptions): Stream {
  const timeline = createTimeline(initialRad, startNs);
  let lastId = -1;
  let active: Segment | null = null;
  let pending: Segment | null = null;
  let stopReason: string | null = null;

  const emit = (segment: Segment, kind: SegmentEvent["kind"], atNs: bigint, reason?: string): void =>
    onEvent({ segmentId: segment.id, kind, atNs, ...(reason === undefined ? {} : { reason }) });

  const advance = (nowNs: bigint): void => {
    if (pending && pending.startNs <= nowNs) {
      if (active) leave(active, pending.startNs);
      emit(pending, "started", pending.startNs);
      active = pending;
      pending = null;
    }
    if (active && segmentEndNs(active) <= nowNs) {
      emit(active, "completed", segmentEndNs(active));
      active = null;
    }
  };
  const leave = (segment: Segment, atNs: bigint): void => {
    if (segmentEndNs(segment) <= atNs) emit(segment, "completed", segmentEndNs(segment));
    else emit(segment, "replaced", atNs);
  };
  const override = (segment: Segment, nowNs: bigint, reason: string): Segment => {
    for (const dropped of [active, pending]) if (dropped) emit(dropped, "aborted", nowNs, reason);
    active = null;
    pending = null;
    timeline.insert(segment);
    return segment;
  };
  const brake = (from: BrakeState, nowNs: bigint, reason: string): Segment =>
    override(brakeSegment({ ...from, joints: spec.joints }), nowNs, reason);
  const stopFrom = (from: BrakeState, nowNs: bigint, reason: string): Segment => {
    stopReason = reason;
    return brake(from, nowNs, reason);
  };

  return {
    accept(segment, nowNs) {
      advance(nowNs);
      const admission = admit(segment, { nowNs, spec, lastId, stopReason, pending, commandedAt: timeline.commandedAt });
      if (admission.kind === "rejected") return admission;
      if (pending) emit(pending, "replaced", nowNs);
      lastId = segment.id;
      pending = segment;
      timeline.insert(segment);
      advance(nowNs);
      return admission;
    },
    commandAt(nowNs) {
      advance(nowNs);
      return timeline.commandedAt(nowNs);
    },
    commandedAt: timeline.commandedAt,
    segmentAt: timeline.segmentAt,
    stop(nowNs, reason) {
      advance(nowNs);
      if (stopReason !== null) return timeline.segmentAt(nowNs);
      const from = { from: timeline.commandedAt(nowNs), startNs: nowNs, running: timeline.segmentAt(nowNs) };
      return stopFrom(from, nowNs, reason);
    },
    brake,
    stopFrom,
    holdAt(positionRad, nowNs, reason, gripper = timeline.commandedAt(nowNs).gripper) {
      return override(holdSegment(positionRad, nowNs, gripper && heldGripper(gripper)), nowNs, reason);
    },
    resume: () => {
      stopReason = null;
    },
    get stopReason() {
      return stopReason;
    },
    restRad: timeline.restRad,
    restInS: timeline.restInS,
  };
}
