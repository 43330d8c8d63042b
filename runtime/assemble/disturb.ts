/** Puts a disturbance between an agent and what it leans on: the robot with its clock, its models, the file that keeps its place. */
import { EMPTY, merge, mergeMap, Subject } from "rxjs";
import { type Clock, nsToSeconds } from "../core/clock.ts";
import type { AgentError } from "../core/errors.ts";
import type { Robot } from "../core/robot.ts";
import type { Answer, Disturbance, Hands } from "../disturb/disturbance.ts";
import type { Session } from "../graph/session-types.ts";
import type { TensorData } from "../graph/tensor-data.ts";
import type { OpenedRobot } from "./opened-robot.ts";

/** One run's disturbance; nothing is disturbed before there is a robot. */
export interface Rehearsal extends Disposable {
  /** Its time begins. */
  opened(opened: OpenedRobot): OpenedRobot;
  session(session: Session): Session;
  keep<T>(keep: (value: T) => void): (value: T) => void;
}

export function rehearse(disturbance: Required<Disturbance>): Rehearsal {
  let begun: { readonly clock: Clock; readonly startNs: bigint } | null = null;
  const atS = (): number => (begun ? nsToSeconds(begun.clock.nowNs() - begun.startNs) : Number.NEGATIVE_INFINITY);
  const over = new AbortController();
  return {
    opened(opened) {
      const { clock } = opened;
      begun = { clock, startNs: clock.nowNs() };
      const reported = new Subject<AgentError>();
      const hands: Hands = {
        report: (error) => reported.next(error),
        keeper: (signal) => void (opened.keeper && process.kill(opened.keeper.pid, signal)),
        agent: (signal) => void process.kill(process.pid, signal),
        stall: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
      };
      for (const strike of disturbance.strikes)
        clock.sleep(strike.atS * 1e3, over.signal).then(
          () => strike.happen(hands),
          () => {}, // The run ended before its time came.
        );
      return {
        ...opened,
        clock: disturbedClock(opened.clock, disturbance, atS),
        robot: disturbedRobot(opened.robot, disturbance, reported, atS),
      };
    },
    session: (session) => ({
      modelHash: session.modelHash,
      provider: session.provider,
      fallbackReason: session.fallbackReason,
      inputs: session.inputs,
      outputs: session.outputs,
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      async run(feeds, signal) {
        let asked: Record<string, TensorData> = {};
        const ask = async (): Promise<Answer> => {
          asked = await session.run(feeds, signal);
          return floatsOf(asked);
        };
        const answer = await disturbance.sessions(ask, atS());
        return withFloats(asked, answer);
      },
    }),
    keep: (keep) => (value) => {
      disturbance.disk(atS());
      keep(value);
    },
    [Symbol.dispose]: () => over.abort(),
  };
}

const disturbedClock = (clock: Clock, disturbance: Required<Disturbance>, atS: () => number): Clock => ({
  nowNs: () => disturbance.clock(clock.nowNs(), atS()),
  every: (periodMs, callback) => clock.every(periodMs, callback),
  sleep: (ms, signal) => clock.sleep(ms, signal),
});

const disturbedRobot = (
  robot: Robot,
  { samples, segments }: Required<Disturbance>,
  reported: Subject<AgentError>,
  atS: () => number,
): Robot => ({
  spec: robot.spec,
  events: robot.events,
  faults: merge(robot.faults ?? EMPTY, reported),
  overrides: robot.overrides ?? EMPTY,
  observe: (signal) => robot.observe(signal).pipe(mergeMap((sample) => samples(sample, atS()))),
  act: async (segment) => robot.act(segments(segment, atS())),
  commandedAt: (stampNs) => robot.commandedAt(stampNs),
  stop: (reason) => robot.stop(reason),
  resume: () => robot.resume(),
  [Symbol.asyncDispose]: () => robot[Symbol.asyncDispose](),
});

/** Only what is no count and no truth value can be wrong by a little. */
const floatsOf = (answer: Readonly<Record<string, TensorData>>): Answer =>
  Object.fromEntries(Object.entries(answer).flatMap(([name, { data }]) => (data instanceof Float32Array ? [[name, data]] : [])));

const withFloats = (asked: Readonly<Record<string, TensorData>>, answer: Answer): Record<string, TensorData> =>
  Object.fromEntries(
    Object.entries(asked).map(([name, tensor]) => [name, answer[name] ? { ...tensor, data: Float32Array.from(answer[name]) } : tensor]),
  );
