/** Sensor samples on their way to the agent: while one message is under way the newest of each source waits, older ones are dropped. */
import type { Sample } from "../core/sensing.ts";

export interface Outbox {
  offer(sample: Sample): void;
  /** Samples that a newer one of the same source replaced before they could be sent. */
  readonly droppedCount: number;
}

/** `send` resolves when its message has left; after it rejected nothing more is sent. */
export function createOutbox(send: (samples: readonly Sample[]) => Promise<void>): Outbox {
  const newest = new Map<string, Sample>();
  let busy = false;
  let droppedCount = 0;
  const flush = (): void => {
    if (busy || newest.size === 0) return;
    const samples = [...newest.values()];
    newest.clear();
    busy = true;
    const next = (): void => {
      busy = false;
      flush();
    };
    // A rejected send means a closed channel, which the keeper handles: stay busy, hold one sample per source, send none.
    send(samples).then(next, () => {});
  };
  return {
    offer(sample) {
      const source = sample.kind === "frame" ? `frame ${sample.frame.camera}` : sample.kind;
      if (newest.delete(source)) droppedCount++;
      newest.set(source, sample);
      flush();
    },
    get droppedCount() {
      return droppedCount;
    },
  };
}
