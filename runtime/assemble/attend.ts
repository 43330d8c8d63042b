/** Connects an agent's parts to the senses of its robot and lets it decide until its oversight ends it. */
import type { Subject } from "rxjs";
import { type AgentParts, decisions, type Pace } from "../agent.ts";
import type { AgentError } from "../core/errors.ts";
import type { Observation } from "../core/sensing.ts";
import type { Tick } from "../core/tick.ts";
import type { SenseOptions } from "../sense/sense-item.ts";
import { wireSenses } from "./wire-senses.ts";

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
  const onFault = (error: AgentError): void => {
    try {
      oversight.fault(error);
    } catch (thrown) {
      over.abort(thrown); // Nobody could catch it here.
    }
  };
  using wired = wireSenses({ robot, clock, pace: makePace, senses, begins: "with-the-next", onFault, onObservation });
  yield* decisions({ ...agent, pace: wired.pace }, AbortSignal.any([signal, over.signal]));
  if (!signal.aborted) over.signal.throwIfAborted();
}
