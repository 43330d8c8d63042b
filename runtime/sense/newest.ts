/** The newest value of a stream for a consumer slower than the stream: values it had no time for are gone, never queued. */
import type { Observable } from "rxjs";

/** Iterates values one at a time, each the newest at that moment; ends with the stream or the signal, throws what the stream threw. */
export async function* newest<T>(source: Observable<T>, signal?: AbortSignal): AsyncGenerator<T, void, void> {
  let waiting: { readonly value: T } | null = null; // At most one.
  let ended: { readonly error?: unknown } | null = null;
  let wake = (): void => {};
  const end = (reason: { readonly error?: unknown }): void => {
    ended ??= reason;
    wake();
  };
  const onAbort = (): void => end({});
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const subscription = source.subscribe({
    next: (value) => {
      waiting = { value };
      wake();
    },
    error: (error: unknown) => end({ error }),
    complete: () => end({}),
  });
  try {
    for (;;) {
      const taken = take();
      if (taken && !signal?.aborted) yield taken.value;
      else if (isEnded()) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    subscription.unsubscribe();
    signal?.removeEventListener("abort", onAbort);
  }

  function take(): { readonly value: T } | null {
    const taken = waiting;
    waiting = null;
    return taken;
  }

  function isEnded(): boolean {
    if (ended && "error" in ended) throw ended.error;
    return ended !== null;
  }
}
