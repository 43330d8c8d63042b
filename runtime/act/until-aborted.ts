/** An observable that completes when a signal aborts. */
import { Observable } from "rxjs";

/** `source` until `signal` aborts; completes at once when it has already. */
export function untilAborted<T>(source: Observable<T>, signal: AbortSignal): Observable<T> {
  return new Observable((subscriber) => {
    if (signal.aborted) return subscriber.complete();
    const onAbort = (): void => subscriber.complete();
    signal.addEventListener("abort", onAbort, { once: true });
    subscriber.add(() => signal.removeEventListener("abort", onAbort));
    subscriber.add(source.subscribe(subscriber));
  });
}
