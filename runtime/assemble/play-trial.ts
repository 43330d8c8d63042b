/** One trial: the world is put at its start, the agent decides so many times, and the world tells what became of it. */
import type { Oversight } from "../agent.ts";
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import type { Frame, Observation } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import type { Trial, TrialStart, TrialWorld, WorldState } from "../core/trial.ts";
import type { SenseOptions } from "../sense/sense-item.ts";
import { attend } from "./attend.ts";
import type { Body } from "./body.ts";
import type { GoalParts } from "./brain.ts";
import type { OpenedRobot } from "./opened-robot.ts";
import { untilRest } from "./until-rest.ts";

export interface TrialPlay {
  readonly opened: OpenedRobot;
  readonly world: TrialWorld;
  readonly trial: Trial;
  readonly body: Body;
  readonly senses: SenseOptions;
  readonly stopwatch: Clock;
  readonly rng: Rng;
  readonly decisionsMax: number;
  /** The agent's parts that depend on the goal. */
  readonly towards: (start: TrialStart) => Promise<GoalParts>;
  /** Told what the world is like after every decision. */
  readonly watch?: ((now: WorldState) => void) | undefined;
}

/** Pictures of a trial, a frame per camera: the first and the last that the agent saw, and the goal. */
export interface Seen {
  readonly start: readonly Frame[];
  readonly end: readonly Frame[];
  readonly goal: readonly Frame[];
}

export interface PlayedTrial {
  readonly ticks: readonly Tick[];
  readonly seen: Seen;
  readonly truth: WorldState;
}

/** Throws AgentErrors that no further decision would survive. */
export async function playTrial(play: TrialPlay, signal: AbortSignal): Promise<PlayedTrial> {
  const { opened, world, trial, body, senses, stopwatch, rng, decisionsMax } = play;
  const { robot, clock, pace: makePace } = opened;
  await robot.stop("next trial");
  await untilRest({ robot, clock, stopwatch });
  await robot.resume();
  const start = await world.reset(trial);
  const parts = await play.towards(start);
  let [first, last]: (readonly Frame[])[] = [[], []];
  const onObservation = ({ frames }: Observation): void => {
    if (first!.length === 0) first = frames;
    last = frames;
  };
  const agent = { ...parts, ...body, robot, clock, stopwatch, oversight: countdown(decisionsMax), rng };
  const ticks: Tick[] = [];
  for await (const tick of attend({ agent, senses, makePace, onObservation }, signal)) {
    ticks.push(tick);
    if (play.watch) play.watch(await world.truth());
  }
  return { ticks, seen: { start: first!, end: last!, goal: start.goalFrames }, truth: await world.truth() };
}

/** Lets a fixed number of decisions happen; faults that the arm survives are skipped decisions. */
function countdown(decisionsMax: number): Oversight {
  let left = decisionsMax;
  const spend = (): void => {
    left--;
  };
  return {
    permit: () => (left > 0 ? "act" : "end"),
    decided: spend,
    healthy: () => {},
    fault(error) {
      if (!(error instanceof AgentError) || FATAL.has(error.code)) throw error;
      spend();
    },
  };
}
const FATAL: ReadonlySet<string> = new Set(["robot.lost", "session.failed", "sense.wrong-size", "goal.mismatch", "model.mismatch"]);
