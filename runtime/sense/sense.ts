/** From raw samples to aligned observations, with every fault of a sensor beside them; nothing a sensor does ends the stream. */
import { filter, mergeMap, type Observable, type OperatorFunction, share } from "rxjs";
import type { Clock } from "../core/clock.ts";
import type { AgentError } from "../core/errors.ts";
import type { Observation, Sample } from "../core/sensing.ts";
import { createAligner } from "./align.ts";
import { checkSamples } from "./check-samples.ts";
import type { SenseItem, SenseOptions } from "./sense-item.ts";
import { watchAges } from "./watchdog.ts";

export interface Senses {
  readonly observations: Observable<Observation>;
  /** Completes with the source; a source that failed is its last item. */
  readonly faults: Observable<AgentError>;
}

/** Both streams share one subscription to the samples, begun by the first subscriber: subscribe to the faults first to miss none. */
export function observeRobot(samples: Observable<Sample>, options: SenseOptions, clock: Clock): Senses {
  const items = samples.pipe(sense(options, clock), share());
  return {
    observations: items.pipe(mergeMap((item) => (item.kind === "observation" ? [item.observation] : []))),
    faults: items.pipe(mergeMap((item) => (item.kind === "fault" ? [item.error] : []))),
  };
}

/** The same as one stream of observations and faults, in the order they came about. */
export function sense(options: SenseOptions, clock: Clock): OperatorFunction<Sample, Exclude<SenseItem, { kind: "sample" }>> {
  return (samples) =>
    samples.pipe(
      checkSamples(options, clock),
      addObservations(options),
      watchAges(options, clock),
      filter((item) => item.kind !== "sample"),
      dropRepeats(options.repeatMs, clock),
    );
}

function addObservations(options: SenseOptions): OperatorFunction<SenseItem, SenseItem> {
  return (items) => {
    const aligner = createAligner({ cameras: options.cameras.map(({ name }) => name), maxSkewMs: options.maxSkewMs });
    return items.pipe(
      mergeMap((item): readonly SenseItem[] => {
        const observation = item.kind === "sample" ? aligner(item.sample) : null;
        return observation ? [item, { kind: "observation", observation }] : [item];
      }),
    );
  };
}

/** The same fault of the same stream at most once in `repeatMs`: a broken 1 kHz sensor must not flood the supervisor. */
function dropRepeats<Item extends SenseItem>(repeatMs: number, clock: Clock): OperatorFunction<Item, Item> {
  return (items) => {
    const reportedNs = new Map<string, bigint>(); // Bounded: codes times streams.
    const repeatNs = BigInt(Math.round(repeatMs * 1e6));
    return items.pipe(
      filter((item) => {
        if (item.kind !== "fault") return true;
        const key = `${item.stream} ${item.error.code}`;
        const lastNs = reportedNs.get(key);
        if (lastNs !== undefined && clock.nowNs() - lastNs < repeatNs) return false;
        reportedNs.set(key, clock.nowNs());
        return true;
      }),
    );
  };
}
