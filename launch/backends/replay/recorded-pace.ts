/** Decisions of a recorded run, made again: each at its recorded moment, on the pictures and the reading that it looked at then. */
import type { Again, Pace } from "../../../runtime/agent.ts";
import type { Clock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Frame, JointState, Observation } from "../../../runtime/core/sensing.ts";
import { anyPlaceAt, type MomentRobot } from "../../../runtime/record/moment-robot.ts";
import type { Moment } from "../../../runtime/record/moments.ts";
import type { RunRecording } from "../../../runtime/record/reading.ts";
import { observationOf } from "../../../runtime/sense/align.ts";

/** What the launch file of the replay has kept of the recorded one: the rest is decided by its own. */
export interface Kept {
  readonly seed: boolean;
  readonly planner: boolean;
}

export interface RecordedPaceOptions {
  readonly recording: Pick<RunRecording, "samples" | "moments" | "prepared">;
  readonly robot: Pick<MomentRobot, "playUntil" | "pass" | "nextOrder" | "isOver">;
  readonly clock: Clock;
  readonly kept: Kept;
  /** Nothing is left to decide or to be told. */
  readonly onOver: () => void;
}

/** More than any planner is given: it takes as many as it may. */
const ALL_CANDIDATES = Number.MAX_SAFE_INTEGER;

/** Time between tasks passes in such steps: what was told then is told then. */
const REST_NS = 10_000_000n;

export function recordedPace({ recording: { samples, moments, prepared }, robot, clock, kept, onOver }: RecordedPaceOptions): Pace {
  const sensed = bySource(samples);
  let index = 0;
  let attempt = 0;
  let shown = -1;
  let effectNs = 0n;
  let last: Observation | null = null;
  /** The newest of that stamp which was there then: a source may begin its stamps anew. */
  const find = <T extends Frame | JointState>(source: string, stampNs: bigint, atNs: bigint): T | undefined =>
    sensed.get(`${source} ${stampNs}`)?.findLast(({ receivedNs }) => receivedNs <= atNs) as T | undefined;
  /** Null where a part of it was left out of the recording. */
  const observationAt = ({ seen, atNs }: Moment): Observation | null => {
    const joints = find<JointState>("joints", seen.jointsNs, atNs);
    const frames = seen.frames.flatMap(({ camera, stampNs }) => find<Frame>(`camera ${camera}`, stampNs, atNs) ?? []);
    return joints && frames.length === seen.frames.length ? observationOf(frames, joints) : null;
  };
  return {
    async next(signal) {
      await new Promise<void>((resolve) => setImmediate(resolve)); // SAFETY: without a turn of the event loop no Ctrl-C would come in.
      const moment = moments[index];
      if (!moment || shown === index) {
        robot.pass(); // The agent holds, or all is over: time goes on, so that a hold ends.
        return last;
      }
      let isHeld = false;
      for (let order = robot.nextOrder; order && order.place <= moment.place; order = robot.nextOrder) {
        isHeld = robot.playUntil(order);
        if (signal.aborted) return null; // Another task has come: this moment is not for this one.
      }
      isHeld = robot.playUntil(moment) || isHeld;
      if (isHeld && moment.decision === null) return null; // Why it held then: it must know before it is shown what it saw.
      shown = index;
      const observation = observationAt(moment);
      if (observation === null || moment.decision === null) index++;
      last = observation ?? last;
      return observation;
    },
    idle: async () => {}, // `next` lets the time pass.
    async rest() {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (robot.isOver) onOver();
      const untilNs = clock.nowNs() + REST_NS;
      const order = robot.nextOrder;
      if (order && order.atNs <= untilNs) return void robot.playUntil(order); // What comes of it, a task perhaps, comes then and no later.
      const momentNs = moments[index]?.atNs ?? untilNs;
      robot.playUntil(anyPlaceAt(clock.nowNs() < momentNs && momentNs < untilNs ? momentNs : untilNs));
    },
    prepared: () => void robot.playUntil(prepared[attempt++] ?? anyPlaceAt(clock.nowNs())), // Opening solver and goal took as long as it did.
    effectNs: () => effectNs,
    again(): Again {
      while (moments[index]?.decision === null) index++; // Where it held or looked, another plan would decide.
      const decision = moments[index++]?.decision;
      if (!decision) throw new AgentError("robot.lost", `recording: it ends after ${moments.length} moments; stop the run there`);
      const { judged, failure, chance } = decision;
      if (judged === null) throw failure;
      effectNs = decision.effectNs;
      return {
        candidates: kept.planner ? judged.candidates : ALL_CANDIDATES,
        offered: kept.planner ? judged.offered?.map((actions) => Float32Array.from(actions)) : undefined,
        chance: kept.seed ? chance : undefined,
        failure,
        elapse: () => void robot.playUntil(judged),
      };
    },
  };
}

type Sensed = ReadonlyMap<string, readonly (Frame | JointState)[]>;

function bySource(samples: RunRecording["samples"]): Sensed {
  const found = new Map<string, (Frame | JointState)[]>();
  for (const sample of samples) {
    const [source, what] = sample.kind === "frame" ? [`camera ${sample.frame.camera}`, sample.frame] : ["joints", sample.joints];
    const key = `${source} ${what.stampNs}`;
    const same = found.get(key);
    if (same) same.push(what);
    else found.set(key, [what]);
  }
  return found;
}
