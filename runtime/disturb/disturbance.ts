/** What goes wrong on purpose: one Disturbance over everything that an agent leans on. Disturbances compose, so that faults can come together. */
import type { AgentError } from "../core/errors.ts";
import type { Segment } from "../core/motion.ts";
import type { Sample } from "../core/sensing.ts";

/** Numbers that a model answered, by output; shape and order as the model has them. */
export type Answer = Readonly<Record<string, ArrayLike<number>>>;

/** `atS`: seconds since the run began. What is left out is not disturbed. */
export interface Disturbance {
  /** A sample on its way to the senses: none, itself, others. */
  readonly samples?: (sample: Sample, atS: number) => readonly Sample[];
  /** A segment on its way to the arm; throws what an arm would answer. */
  readonly segments?: (segment: Segment, atS: number) => Segment;
  /** A question to a model: asks it or does not, and changes the numbers of its answer. */
  readonly sessions?: (ask: () => Promise<Answer>, atS: number) => Promise<Answer>;
  /** What the agent's clock says, nanoseconds. */
  readonly clock?: (nowNs: bigint, atS: number) => bigint;
  /** Before the place in the task is kept; throws what the disk would. */
  readonly disk?: (atS: number) => void;
  /** What happens once, when its time has come, to processes and their connections. */
  readonly strikes?: readonly Strike[];
}

export interface Strike {
  readonly atS: number;
  readonly happen: (hands: Hands) => void;
}

export type ProcessSignal = "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT";

/** What a strike may lay hands on. */
export interface Hands {
  /** As if the arm itself had told it. */
  report(error: AgentError): void;
  /** To the keeper's process; nothing where there is none. */
  keeper(signal: ProcessSignal): void;
  /** To the agent's own. */
  agent(signal: ProcessSignal): void;
  /** The agent's thread does nothing else for so long, milliseconds. */
  stall(ms: number): void;
}

/** All of them, each on what the ones before it left. */
export function compose(disturbances: readonly Disturbance[]): Required<Disturbance> {
  return {
    samples: (sample, atS) =>
      disturbances.reduce<readonly Sample[]>((all, { samples }) => (samples ? all.flatMap((each) => samples(each, atS)) : all), [sample]),
    segments: (segment, atS) => disturbances.reduce((all, { segments }) => segments?.(all, atS) ?? all, segment),
    sessions: (ask, atS) => disturbances.reduce((all, { sessions }) => (sessions ? () => sessions(all, atS) : all), ask)(),
    clock: (nowNs, atS) => disturbances.reduce((all, { clock }) => clock?.(all, atS) ?? all, nowNs),
    disk(atS) {
      for (const each of disturbances) each.disk?.(atS);
    },
    strikes: disturbances.flatMap(({ strikes = [] }) => strikes),
  };
}
