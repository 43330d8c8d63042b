/** One beat of the command stream after the other, in the stream's own time: it goes on with what is sent, and stands still while nothing is. */
import { nsToMs, secondsToNs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { heldGripper } from "../core/gripper.ts";
import type { GripperCommand, JointCommand, Segment } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import { atRest, sampleSegment } from "../core/segment.ts";
import type { Admission } from "./admission.ts";
import type { LastGuard, Takes } from "./driver.ts";
import type { BrakeState, Stream } from "./stream.ts";

/** Commands a second. */
export const STREAM_RATE_HZ = 250;
export const BEAT_S = 1 / STREAM_RATE_HZ;
export const BEAT_NS: bigint = secondsToNs(BEAT_S);

/**
 * So many beats may be left out; one more, and the arm brakes. An arm that takes set-points waits at the last command meanwhile, then goes on from there: 40 ms is what a
 * busy machine takes away now and then. One that takes motions follows the last one by itself and comes to rest at its end, whoever is silent.
 */
export const BEATS_LEFT_OUT_MAX: Readonly<Record<Takes, bigint>> = { "set-points": 10n, motions: 25n };
/** Where beats were left out, each following one is longer by this, as far as the joints may go faster, until the stream is in time again. */
const CATCH_UP_NS = BEAT_NS / 8n;

export interface CommandLoopOptions {
  readonly spec: RobotSpec;
  readonly stream: Stream;
  readonly lastGuard: LastGuard;
  /** Default set-points. */
  readonly takes?: Takes | undefined;
  /** Where the arm rests, shape (jointCount). */
  readonly initialRad: ArrayLike<number>;
  /** One period before the first beat at the latest. */
  readonly startNs: bigint;
  /** Told what is followed instead of what was accepted. */
  readonly onOverride: (segment: Segment, reason: string) => void;
  /** Told why: `robot.stalled` after a silence, `robot.aborted` after the last guard's objection. */
  readonly onFault?: (why: AgentError) => void;
}

/** Everything that is done to a stream whose commands are sent. Stamps are the clock's and never go back. */
export interface CommandLoop {
  /** What to send now. */
  beat(nowNs: bigint): JointCommand;
  accept(segment: Segment, nowNs: bigint): Admission;
  /** Brakes from where the commands have brought the arm; rejects segments until the stream's `resume`. Returns the braking segment. */
  stop(nowNs: bigint, reason: string): Segment;
  /** The arm was placed there at rest, shape (jointCount): the next beat is judged from it. Returns the holding segment. */
  placedAt(positionRad: ArrayLike<number>, nowNs: bigint, reason: string, gripper?: GripperCommand): Segment;
  /** Seconds until everything accepted has been sent and rests. */
  restInS(nowNs: bigint): number;
  /** The command last sent. */
  readonly sent: JointCommand;
}

export function createCommandLoop(options: CommandLoopOptions): CommandLoop {
  const { spec, stream, lastGuard, takes = "set-points", initialRad, startNs, onOverride, onFault = () => {} } = options;
  let sent = atRest(Float64Array.from(initialRad));
  let sentNs = startNs;
  /** What time it was in the stream then: behind the clock where beats were left out. */
  let ownNs = startNs;
  /** No segment was accepted since. */
  let stalled: AgentError | null = null;

  /** What time it is in the stream now: no more than a beat later. An arm that takes motions goes on by itself. */
  const presentNs = (nowNs: bigint): bigint => (takes === "motions" ? nowNs : ownNs + earlier(nowNs - sentNs, BEAT_NS));

  /** SAFETY: whoever comes first after a silence gets here before anything else, so that nothing is judged, accepted or braked from where the arm is not. */
  const wake = (nowNs: bigint): void => {
    const lateNs = nowNs - ownNs - BEAT_NS;
    if (lateNs <= 0n) return;
    if (isSame(sent, stream.commandedAt(nowNs))) ownNs = sentNs = nowNs - BEAT_NS;
    else if (lateNs > BEATS_LEFT_OUT_MAX[takes] * BEAT_NS) stall(nowNs, lateNs);
  };
  const stall = (nowNs: bigint, lateNs: bigint): void => {
    stalled = silence(lateNs, takes);
    const from = takes === "motions" ? alongTheLast(nowNs) : { from: sent, startNs: nowNs, running: later(ownNs, nowNs) };
    sent = from.from;
    ownNs = sentNs = nowNs;
    onOverride(stream.brake(from, nowNs, stalled.message), stalled.message);
    onFault(stalled);
  };
  /** Of the motion that the arm was last given; what was to replace it meanwhile was not. */
  const alongTheLast = (nowNs: bigint): BrakeState => {
    const running = stream.segmentAt(ownNs);
    return { from: sampleSegment(running, Number(nowNs - running.startNs) / 1e9), startNs: nowNs, running };
  };
  /** What holds at `atNs` of the stream as if it were to hold at `nowNs`. */
  const later = (atNs: bigint, nowNs: bigint): Segment => {
    const segment = stream.segmentAt(atNs);
    return { ...segment, startNs: segment.startNs + nowNs - atNs };
  };

  /** Goes on to `toNs` if the last guard lets it. */
  const goTo = (toNs: bigint): ReturnType<LastGuard> => {
    const verdict = lastGuard(sent, stream.commandedAt(toNs), BEAT_S, spec.joints, spec.gripper);
    if (verdict.heldWhy === null) [sent, ownNs] = [verdict.command, toNs];
    return verdict;
  };
  const goOn = (nowNs: bigint): ReturnType<LastGuard> => {
    let verdict = goTo(earlier(nowNs, ownNs + (takes === "motions" ? BEAT_NS : BEAT_NS + CATCH_UP_NS)));
    if (takes === "motions") while (ownNs < nowNs && verdict.heldWhy === null) verdict = goTo(earlier(nowNs, ownNs + BEAT_NS));
    else if (verdict.heldWhy !== null && nowNs > ownNs + BEAT_NS) verdict = goTo(ownNs + BEAT_NS);
    return verdict;
  };
  const override = (nowNs: bigint, heldWhy: string): void => {
    const reason = `last guard: ${heldWhy}`;
    ownNs = nowNs - BEAT_NS;
    onOverride(stream.stopFrom({ from: sent, startNs: ownNs, running: null }, nowNs, reason), reason);
    const brake = goTo(nowNs);
    if (brake.heldWhy !== null) {
      // SAFETY: neither motion nor braking is allowed; the guard's own answer is to stay at the last command sent.
      [sent, ownNs] = [brake.command, nowNs];
      onOverride(stream.holdAt(sent.positionRad, nowNs, reason, sent.gripper), reason);
    }
    onFault(new AgentError("robot.aborted", `${reason}; it was not sent; look why the guards before let it pass, then reset and start`));
  };

  return {
    beat(nowNs) {
      if (nowNs <= sentNs) return sent;
      wake(nowNs);
      const { heldWhy } = goOn(nowNs);
      if (heldWhy !== null) override(nowNs, heldWhy);
      stream.commandAt(ownNs); // Its events happen now.
      sentNs = nowNs;
      return sent;
    },
    accept(segment, nowNs) {
      wake(nowNs);
      const admission = stream.accept(segment, nowNs);
      if (admission.kind === "accepted") stalled = null;
      else if (stalled && admission.reason === "discontinuous")
        return { kind: "rejected", reason: "stalled", message: `segment ${segment.id}: planned before the arm braked: ${stalled.message}` };
      return admission;
    },
    stop(nowNs, reason) {
      wake(nowNs);
      if (stream.stopReason !== null) return stream.segmentAt(nowNs);
      const atNs = presentNs(nowNs);
      const running = later(atNs, nowNs);
      ownNs += nowNs - atNs;
      return stream.stopFrom({ from: stream.commandedAt(atNs), startNs: nowNs, running }, nowNs, reason);
    },
    placedAt(positionRad, nowNs, reason, gripper = sent.gripper) {
      sent = atRest(Float64Array.from(positionRad), gripper && heldGripper(gripper));
      sentNs = ownNs = nowNs - BEAT_NS;
      return stream.holdAt(positionRad, nowNs, reason, gripper);
    },
    restInS: (nowNs) => stream.restInS(presentNs(nowNs)),
    get sent() {
      return sent;
    },
  };
}

const silence = (lateNs: bigint, takes: Takes): AgentError => {
  const [lateMs, maxMs] = [nsToMs(lateNs), nsToMs(BEATS_LEFT_OUT_MAX[takes] * BEAT_NS)];
  return new AgentError(
    "robot.stalled",
    `command stream: ${lateMs.toFixed(0)} ms late, at most ${maxMs} ms, since its process was kept from running; the arm brakes from the command last sent; give the process more of the machine`,
  );
};

const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Both at rest at the same place. */
function isSame(sent: JointCommand, now: JointCommand): boolean {
  const isStill = [sent, now].every(({ velocityRadPerS, accelerationRadPerS2 }) =>
    [velocityRadPerS, accelerationRadPerS2].every((part) => part.every((value) => value === 0)),
  );
  return isStill && sent.positionRad.every((value, joint) => value === now.positionRad[joint]);
}
