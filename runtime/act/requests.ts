/** Requests on their way: numbered, bounded in number and time, all failed together when the other side is lost. */
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";

export interface Requests {
  /** `read` turns the reply into the result, in the order in which replies come. */
  send<T>(message: object, timeoutMs: number, read: (value: unknown) => T): Promise<T>;
  settle(request: number, value: unknown): void;
  refuse(request: number, error: AgentError): void;
  /** Fails everything under way and whatever is sent later. */
  failAll(error: AgentError): void;
}

interface Waiting {
  readonly settle: (value: unknown) => void;
  readonly refuse: (error: unknown) => void;
  readonly timer: AbortController;
}

const WAITING_MAX = 64;
/** Who cannot be reached may have said why: his last word, or that his channel is closed, comes after the failure to send. */
const LAST_WORD_MS = 200;

/** `onTimeout` hears which message had no reply in time, after its promise was rejected with `robot.lost`. */
export function createRequests(
  clock: Clock,
  post: (message: object) => Promise<void>,
  onTimeout: (message: object, error: AgentError) => void,
): Requests {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let failure: AgentError | null = null;
  const take = (request: number): Waiting | undefined => {
    const found = waiting.get(request);
    waiting.delete(request);
    found?.timer.abort();
    return found;
  };
  return {
    send(message, timeoutMs, read) {
      if (failure) return Promise.reject(failure);
      if (waiting.size >= WAITING_MAX)
        return Promise.reject(
          new AgentError("robot.rejected", `keeper: ${waiting.size} requests wait, at most ${WAITING_MAX}; send fewer`),
        );
      const request = next++;
      const timer = new AbortController();
      return new Promise((resolve, reject) => {
        const settle = (value: unknown): void => {
          try {
            resolve(read(value));
          } catch (error) {
            reject(error);
          }
        };
        waiting.set(request, { settle, refuse: reject, timer });
        const expire = (): void => {
          const error = new AgentError("robot.lost", `keeper: no reply within ${timeoutMs} ms; look whether its process hangs`);
          take(request)?.refuse(error);
          onTimeout(message, error);
        };
        clock.sleep(timeoutMs, timer.signal).then(expire, () => {});
        post({ ...message, request }).catch((cause: unknown) => {
          const unreachable = new AgentError("robot.lost", "keeper: cannot be reached, its process has ended; start the agent again", {
            cause,
          });
          clock.sleep(LAST_WORD_MS, timer.signal).then(
            () => take(request)?.refuse(unreachable),
            () => {},
          );
        });
      });
    },
    settle: (request, value) => take(request)?.settle(value),
    refuse: (request, error) => take(request)?.refuse(error),
    failAll(error) {
      failure = error;
      for (const request of [...waiting.keys()]) take(request)?.refuse(error);
    },
  };
}
