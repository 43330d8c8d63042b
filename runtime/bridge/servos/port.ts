/** The port of an arm's bus: who loses it is told once, and it is tried again until it is back. */
import type { Clock } from "../../core/clock.ts";
import type { AgentError } from "../../core/errors.ts";
import type { ServoBus } from "./servo-bus.ts";

const REOPEN_MS = 500;

export interface PortOptions {
  /** Open already. */
  readonly bus: ServoBus;
  readonly openBus: () => Promise<ServoBus>;
  readonly clock: Clock;
  /** Nobody wants it back any more. */
  readonly signal: AbortSignal;
  readonly onLost: (error: AgentError) => void;
}

export interface Port {
  /** Null while it is gone. */
  readonly bus: ServoBus | null;
  /** From now on its loss is told. */
  watch(): void;
}

export function createPort({ bus: first, openBus, clock, signal, onLost }: PortOptions): Port {
  let bus: ServoBus | null = first;
  const watch = (watched: ServoBus): void => {
    watched.lost.subscribe((error) => {
      bus = null;
      onLost(error);
      void comeBack();
    });
  };
  const comeBack = async (): Promise<void> => {
    const again = await reopen(openBus, clock, signal);
    if (!again) return;
    watch(again);
    bus = again;
  };
  return {
    get bus() {
      return bus;
    },
    watch: () => watch(first),
  };
}

/** Null once the signal aborts; what was opened too late for it is closed again. */
async function reopen(openBus: () => Promise<ServoBus>, clock: Clock, signal: AbortSignal): Promise<ServoBus | null> {
  while (!signal.aborted) {
    await clock.sleep(REOPEN_MS, signal).catch(() => {}); // Leaving.
    if (signal.aborted) return null;
    const bus = await openBus().catch(() => null);
    if (bus && !signal.aborted) return bus;
    await bus?.[Symbol.asyncDispose]();
  }
  return null;
}
