/** One beat of the command stream: sample it, let the last guard see the command, brake where it objects. Shared by keeper and lockstep robot. */
import { nsToSeconds } from "../core/clock.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { RobotSpec } from "../core/robot.ts";
import { atRest } from "../core/segment.ts";
import type { LastGuard } from "./driver.ts";
import type { Stream } from "./stream.ts";

/** Commands a second. */
export const STREAM_RATE_HZ = 250;

export interface CommandLoopOptions {
  readonly spec: RobotSpec;
  readonly stream: Stream;
  readonly lastGuard: LastGuard;
  /** Where the arm rests, shape (jointCount). */
  readonly initialRad: ArrayLike<number>;
  /** One period before the first beat at the latest. */
  readonly startNs: bigint;
  /** Told what is followed instead of what was accepted, after the guard's objection. */
  readonly onOverride: (segment: Segment, reason: string) => void;
}

export interface CommandLoop {
  /** What to send at `nowNs`; stamps increase. */
  beat(nowNs: bigint): JointCommand;
  /** The arm was placed there at rest: the next beat is judged from it. */
  placedAt(positionRad: ArrayLike<number>, nowNs: bigint): void;
  /** The command last sent. */
  readonly sent: JointCommand;
}

export function createCommandLoop({ spec, stream, lastGuard, initialRad, startNs, onOverride }: CommandLoopOptions): CommandLoop {
  let sent = atRest(Float64Array.from(initialRad));
  let sentNs = startNs;

  const judge = (nowNs: bigint) => lastGuard(sent, stream.commandAt(nowNs), nsToSeconds(nowNs - sentNs), spec.joints);
  const allowed = (nowNs: bigint): JointCommand => {
    const first = judge(nowNs);
    if (first.heldWhy === null) return first.command;
    const reason = `last guard: ${first.heldWhy}`;
    onOverride(stream.stopFrom(sent, sentNs, nowNs, reason), reason);
    const brake = judge(nowNs);
    if (brake.heldWhy === null) return brake.command;
    // SAFETY: neither motion nor braking is allowed; the guard's own answer is to stay at the last command sent.
    onOverride(stream.holdAt(brake.command.positionRad, nowNs, reason), reason);
    return brake.command;
  };
  return {
    beat(nowNs) {
      if (nowNs <= sentNs) return sent;
      sent = allowed(nowNs);
      sentNs = nowNs;
      return sent;
    },
    placedAt(positionRad, nowNs) {
      sent = atRest(Float64Array.from(positionRad));
      sentNs = nowNs;
    },
    get sent() {
      return sent;
    },
  };
}
