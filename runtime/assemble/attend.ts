/** Connects an agent's parts to the senses of its robot and lets it decide until its oversight ends it. */
import { merge, NEVER, Subject, takeUntil } from "rxjs";
import { type AgentParts, decisions, type Pace } from "../agent.ts";
import type { Observation } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import { observeRobot } from "../sense/sense.ts";
import type { SenseOptions } from "../sense/sense-item.ts";

export interface Attendance {
  readonly agent: Omit<AgentParts, "pace">;
  readonly senses: SenseOptions;
  readonly makePace: (observations: Subject<Observation>) => Pace;
  readonly onObservation?: (observation: Observation) => void;
}

/**
 * The next decision is made when it is asked for; faults of senses and robot go to the oversight, and what it throws ends the decisions.
 * Nothing of it is left at the end.
 */
export async function* attend({ agent, senses, makePace, onObservation }: Attendance, signal: AbortSignal): AsyncGenerator<Tick> {
  const { robot, clock, oversight } = agent;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const ending = new Subject<void>();
  const observations = new Subject<Observation>();
  const pace = makePace(observations);
  const sensed = observeRobot(robot.observe(until), senses, clock);
  const faults = merge(sensed.faults, robot.faults ?? NEVER).pipe(takeUntil(ending));
  faults.subscribe((error) => {
    try {
      oversight.fault(error);
    } catch (thrown) {
      over.abort(thrown); // Nobody could catch it here.
    }
  });
  if (onObservation) observations.subscribe({ next: onObservation, error: () => {} }); // The pace has the error, and the decisions throw it.
  sensed.observations.pipe(takeUntil(ending)).subscribe(observations);
  try {
    yield* decisions({ ...agent, pace }, until);
    if (!signal.aborted) over.signal.throwIfAborted();
  } finally {
    ending.next();
    over.abort();
  }
}
