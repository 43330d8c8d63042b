/** A process that is kept from running, within one process: its timers do not fire and no message reaches it until it goes on. */
import type { Channel } from "../../runtime/act/channel.ts";
import type { Clock } from "../../runtime/core/clock.ts";

export interface Freezable {
  /** As the frozen process has them. */
  readonly clock: Clock;
  readonly channel: Channel;
  freeze(): void;
  /** Goes on: each timer that was due fires once, as an event loop does; messages that came meanwhile are heard first, or last. */
  goOn(order?: "messages-first" | "timers-first"): void;
}

export function freezable(clock: Clock, channel: Channel): Freezable {
  const due = new Set<() => void>();
  const messages: unknown[] = [];
  let isFrozen = false;
  let listener: ((message: unknown) => void) | null = null;
  const hear = (): void => {
    while (listener && messages.length > 0) listener(messages.shift());
  };
  const fire = (): void => {
    for (const callback of [...due]) callback();
    due.clear();
  };
  const whenAwake = (callback: () => void): void => {
    if (isFrozen) due.add(callback);
    else callback();
  };
  return {
    clock: {
      nowNs: () => clock.nowNs(),
      every: (periodMs, callback) => {
        const stop = clock.every(periodMs, () => whenAwake(callback));
        return () => {
          stop();
          due.delete(callback);
        };
      },
      sleep: (ms, signal) => clock.sleep(ms, signal).then(() => new Promise<void>((resolve) => whenAwake(resolve))),
    },
    channel: {
      ...channel,
      onMessage(next) {
        listener = next;
        channel.onMessage(
          next &&
            ((message) => {
              messages.push(message);
              if (!isFrozen) hear();
            }),
        );
      },
    },
    freeze: () => {
      isFrozen = true;
    },
    goOn(order = "timers-first") {
      isFrozen = false;
      if (order === "messages-first") hear();
      fire();
      hear();
    },
  };
}
