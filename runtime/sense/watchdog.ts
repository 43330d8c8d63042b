/** Watches the age of every stream and of the observations themselves, silence included. */
import { Observable, type OperatorFunction } from "rxjs";
import { type Clock, nsToMs } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { jointStream, observationStream, type SenseItem, type SenseOptions, streamOf } from "./sense-item.ts";

/** Looks this many times within the age that is allowed. */
const looksPerAge = 4;

/** Passes all items on and adds a fault `sense.stale` at every look at which a stream has had no good sample for too long. */
export function watchAges(options: SenseOptions, clock: Clock): OperatorFunction<SenseItem, SenseItem> {
  return (items) =>
    new Observable((subscriber) => {
      const newestNs = new Map<string, bigint>(watchedStreams(options).map((stream) => [stream, clock.nowNs()]));
      const stopLooking = clock.every(options.maxAgeMs / looksPerAge, () => {
        for (const [stream, receivedNs] of newestNs) {
          const error = judgeAge(stream, nsToMs(clock.nowNs() - receivedNs), options);
          if (error) subscriber.next({ kind: "fault", stream, error });
        }
      });
      subscriber.add(stopLooking);
      subscriber.add(
        items.subscribe({
          next: (item) => {
            note(item, newestNs);
            subscriber.next(item);
          },
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}

const watchedStreams = (options: SenseOptions): readonly string[] => [
  jointStream,
  ...options.cameras.map(({ name }) => `camera "${name}"`),
  observationStream,
];

function note(item: SenseItem, newestNs: Map<string, bigint>): void {
  if (item.kind === "fault") return;
  if (item.kind === "observation") newestNs.set(observationStream, item.observation.receivedNs);
  else newestNs.set(streamOf(item.sample), item.sample.kind === "frame" ? item.sample.frame.receivedNs : item.sample.joints.receivedNs);
}

function judgeAge(stream: string, ageMs: number, { maxAgeMs, maxSkewMs }: SenseOptions): AgentError | null {
  if (ageMs <= maxAgeMs) return null;
  const remedy =
    stream === observationStream
      ? `check that the pictures and joints of one moment are at most ${maxSkewMs} ms apart`
      : "check that the sensor runs and is connected";
  return new AgentError("sense.stale", `${stream}: nothing good for ${ageMs.toFixed(0)} ms, at most ${maxAgeMs} ms; ${remedy}`);
}
