/** What was asked of the worker and is not answered yet: bounded in number and in time, and no longer waited for once whoever asked gives up. */
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Reply, Request } from "./worker-protocol.ts";

/** What a request says beside its number. */
export type Body = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

export interface Question {
  readonly body: Body;
  /** For messages. */
  readonly what: string;
  /** From when the worker begins with it, milliseconds. */
  readonly msMax: number;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenRequestsOptions {
  readonly post: (request: Request) => void;
  readonly clock: Clock;
  readonly pendingMax: number;
  /** The request that is first in line was not answered in its time. */
  readonly late: (question: Question) => void;
}

interface Waiting {
  readonly question: Question;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export class OpenRequests {
  readonly #options: OpenRequestsOptions;
  /** In the order in which the worker serves them. */
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #watch: AbortController | null = null;

  constructor(options: OpenRequestsOptions) {
    this.#options = options;
  }

  /** Rejects with the signal's reason as soon as it aborts; a request that still waits for its turn is then not served. */
  ask<T>(question: Question): Promise<T> {
    const { post, pendingMax } = this.#options;
    const { body, signal } = question;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.size >= pendingMax && body.kind !== "close") {
      const message = `session worker: ${this.#waiting.size} requests already wait, at most ${pendingMax}; await results before asking for more`;
      return Promise.reject(new AgentError("session.failed", message));
    }
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => {
        post({ id, kind: "cancel" });
        reject(signal?.reason);
      };
      const settled =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          signal?.removeEventListener("abort", onAbort);
          settle(value);
        };
      post({ ...body, id });
      this.#waiting.set(id, { question, resolve: settled(resolve), reject: settled(reject) });
      signal?.addEventListener("abort", onAbort, { once: true });
      if (this.#waiting.size === 1) this.#watchFirst();
    });
  }

  receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    this.#watchFirst();
    if (reply.ok) waiting?.resolve(reply.value as never);
    else waiting?.reject(reply.code ? new AgentError(reply.code, reply.message) : new Error(reply.message));
  }

  /** Nothing will be answered any more. */
  end(error: AgentError): void {
    this.#watch?.abort();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** One is served after the other, so each has its whole time from when the one before was answered. */
  #watchFirst(): void {
    this.#watch?.abort();
    const [first] = this.#waiting.values();
    if (!first) return;
    const watch = new AbortController();
    this.#watch = watch;
    this.#options.clock.sleep(first.question.msMax, watch.signal).then(
      () => this.#options.late(first.question),
      () => {}, // It was answered.
    );
  }
}
