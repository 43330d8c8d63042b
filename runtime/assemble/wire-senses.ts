/** Connects a robot's senses to the loop: samples become observations that the pace hands out, faults go to whoever decides. */
import { Subject, takeUntil } from "rxjs";
import type { Pace } from "../agent.ts";
import type { Clock } from "../core/clock.ts";
import type { AgentError } from "../core/errors.ts";
import type { Robot } from "../core/robot.ts";
import type { Observation, Sample } from "../core/sensing.ts";
import { sense } from "../sense/sense.ts";
import type { SenseOptions } from "../sense/sense-item.ts";

export interface Wiring {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly pace: (observations: Subject<Observation>) => Pace;
  readonly senses: SenseOptions;
  /** What counts first: what the robot shows at once, or its next picture, so that a world that was just put somewhere has a period to settle. */
  readonly begins: "at-once" | "with-the-next";
  /** Of senses and robot; must not throw. */
  readonly onFault: (error: AgentError) => void;
  /** Only of the robot, which tells those of the senses too. */
  readonly robotTellsAll?: boolean | undefined;
  readonly onObservation?: ((observation: Observation) => void) | undefined;
  readonly onSample?: ((sample: Sample) => void) | undefined;
}

export interface WiredSenses extends Disposable {
  readonly pace: Pace;
  /** The newest observation; null before the first. */
  readonly newest: () => Observation | null;
}

/** Listens until it is disposed of; nothing of it is left then. */
export function wireSenses({
  robot,
  clock,
  pace: makePace,
  senses,
  begins,
  onFault,
  robotTellsAll = false,
  onObservation,
  onSample,
}: Wiring): WiredSenses {
  const over = new AbortController();
  const ending = new Subject<void>();
  const samples = robot.observe(over.signal);
  if (onSample) samples.subscribe({ next: onSample, error: () => {} }); // The senses report a lost robot.
  const observations = new Subject<Observation>();
  const pace = makePace(observations);
  let newest: Observation | null = null;
  let counts = begins === "at-once";
  robot.faults?.pipe(takeUntil(ending)).subscribe(onFault);
  samples.pipe(sense(senses, clock), takeUntil(ending)).subscribe((item) => {
    if (item.kind === "fault") return robotTellsAll ? undefined : onFault(item.error);
    if (!counts) return;
    newest = item.observation;
    onObservation?.(newest);
    observations.next(newest);
  });
  counts = true;
  return {
    pace,
    newest: () => newest,
    [Symbol.dispose]() {
      ending.next();
      over.abort();
    },
  };
}
