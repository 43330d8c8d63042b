/** Sessions in a worker thread: the same interface as openSession, and the calling thread stays free while a model runs. */
import type { Worker } from "node:worker_threads";
import { type Clock, SystemClock } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import { sha256 } from "../core/sha256.ts";
import { startWorker } from "../core/start-worker.ts";
import { OpenRequests, type Question } from "./open-requests.ts";
import { RemoteSession } from "./remote-session.ts";
import type { Session, SessionOptions } from "./session-types.ts";
import type { TensorData } from "./tensor-data.ts";
import { BUSY, CLOSING, type OpenedSession, type Reply, type Request, type WorkerSetup } from "./worker-protocol.ts";

export interface SessionWorkerOptions {
  /** Threads inside one operator for sessions that do not say; default 2. */
  readonly threads?: number;
  /** Requests that may wait for an answer at once; default 32. */
  readonly pendingMax?: number;
  /** Longest run of a model, milliseconds; default 30,000. A worker that takes longer hangs: it is given up with `session.failed`. */
  readonly runMsMax?: number;
  /** The same for loading one, which may mean to compile it for a device; default 600,000. */
  readonly openMsMax?: number;
  /** Default the system's; bounds answers, and how long dispose waits for a running model. */
  readonly clock?: Clock;
  /** Another worker module, relative to this file: tests use one that crashes. */
  readonly module?: string;
}

/** A worker thread that holds sessions. Disposing it closes them all, after the model that is running; the others that wait fail at once. */
export interface SessionWorker extends AsyncDisposable {
  /** A request is being worked on right now. */
  readonly busy: boolean;
  /** Loads a model in the worker, once for all who open the same bytes in the same way; errors as openSession. The bytes are copied. */
  open(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

const PENDING_MAX_DEFAULT = 32;
const RUN_MS_MAX_DEFAULT = 30_000;
const OPEN_MS_MAX_DEFAULT = 600_000;
/** How long dispose, and the exit of the process, wait for a running model. */
const DISPOSE_WAIT_MS_MAX = 5_000;

export function openSessionWorker(options: SessionWorkerOptions = {}): SessionWorker {
  return new WorkerHost(options);
}

/** A model in the worker, and how many sessions use it. */
interface Model {
  readonly opened: Promise<OpenedSession>;
  users: number;
}

class WorkerHost implements SessionWorker {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #flags = new Int32Array(new SharedArrayBuffer(8));
  readonly #requests: OpenRequests;
  /** By hash and options. */
  readonly #models = new Map<string, Model>();
  readonly #options: SessionWorkerOptions;
  readonly #clock: Clock;
  /** Why nothing can be asked any more, or null. */
  #ended: AgentError | null = null;
  /** It hung, which was told; whoever disposes it need not be told again. */
  #givenUp: Promise<void> | null = null;
  #disposed: Promise<void> | null = null;

  constructor(options: SessionWorkerOptions) {
    const { pendingMax = PENDING_MAX_DEFAULT, clock = new SystemClock(), module = "./session-worker.ts" } = options;
    invariant(pendingMax >= 1, `openSessionWorker: pendingMax ${pendingMax}`);
    this.#options = options;
    this.#clock = clock;
    const workerData: WorkerSetup = { flags: this.#flags };
    this.#worker = startWorker(module, import.meta.url, { workerData });
    const post = (request: Request): void => this.#worker.postMessage(request);
    this.#requests = new OpenRequests({ post, clock, pendingMax, late: (question) => this.#giveUp(question) });
    this.#worker.on("message", (reply: Reply) => this.#requests.receive(reply));
    this.#worker.on("error", (cause) => this.#end(`the session worker crashed: ${cause.message}`, cause));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#end(`the session worker ended with code ${code}`);
        process.off("exit", this.#beforeProcessExit);
        resolve();
      });
    });
    process.on("exit", this.#beforeProcessExit);
  }

  get busy(): boolean {
    return Atomics.load(this.#flags, BUSY) !== 0;
  }

  async open(bytes: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const { runMsMax = RUN_MS_MAX_DEFAULT } = this.#options;
    const { name = "model" } = options;
    const modelHash = sha256(bytes);
    const { key, model } = this.#model(modelHash, bytes, options);
    model.users++;
    const opened = await model.opened;
    const { session } = opened;
    return new RemoteSession({
      modelHash,
      opened,
      name,
      run: (feeds, signal) =>
        this.#ask<Record<string, TensorData>>({ body: { kind: "run", session, feeds }, what: `a run of ${name}`, msMax: runMsMax, signal }),
      release: async () => {
        if (--model.users > 0) return;
        this.#models.delete(key);
        await this.#ask({ body: { kind: "close", session }, what: `closing ${name}`, msMax: runMsMax });
      },
    });
  }

  /** The model of these bytes: the one that is open already, or a new one. */
  #model(modelHash: string, bytes: Uint8Array, options: SessionOptions): { readonly key: string; readonly model: Model } {
    const threads = options.threads ?? this.#options.threads;
    const { provider, strict, name = "model" } = options;
    const key = JSON.stringify([modelHash, provider, threads, strict, name]);
    const known = this.#models.get(key);
    if (known) return { key, model: known };
    const opened = this.#ask<OpenedSession>({
      body: { kind: "open", bytes, options: threads === undefined ? options : { ...options, threads } },
      what: `loading ${name}`,
      msMax: this.#options.openMsMax ?? OPEN_MS_MAX_DEFAULT,
    });
    const model = { opened, users: 0 };
    this.#models.set(key, model);
    opened.catch(() => this.#models.delete(key)); // The next one tries again.
    return { key, model };
  }

  #ask<T>(question: Question): Promise<T> {
    return this.#ended ? Promise.reject(this.#ended) : this.#requests.ask<T>(question);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    Atomics.store(this.#flags, CLOSING, 1);
    if (this.#ended) return this.#givenUp ?? this.#exited;
    this.#end("the session worker was disposed");
    this.#worker.postMessage({ id: 0, kind: "end" } satisfies Request);
    const waited = new AbortController();
    const late = this.#clock.sleep(DISPOSE_WAIT_MS_MAX, waited.signal).then(
      () => this.#endByForce(),
      () => undefined, // The worker ended in time.
    );
    await Promise.race([this.#exited, late]);
    waited.abort();
  }

  /** Ends a thread that hangs in JavaScript; one that is inside ONNX Runtime cannot be ended without ending the process. */
  async #endByForce(): Promise<void> {
    if (!this.busy) {
      await this.#worker.terminate();
      return;
    }
    this.#worker.unref();
    throw new AgentError(
      "session.failed",
      `the session worker still runs a model ${DISPOSE_WAIT_MS_MAX} ms after it was disposed; its thread ends when that run does`,
    );
  }

  /** process.exit ends worker threads wherever they are: lets a running model finish first, so that the exit code is ours and not that of an abort. */
  readonly #beforeProcessExit = (): void => {
    Atomics.store(this.#flags, CLOSING, 1);
    Atomics.wait(this.#flags, BUSY, 1, DISPOSE_WAIT_MS_MAX);
  };

  /** The worker hangs: in JavaScript it is ended; inside ONNX Runtime it cannot be, and must not keep the process alive. */
  #giveUp({ what, msMax }: Question): void {
    this.#end(`the session worker has not answered ${what} for ${msMax} ms`);
    Atomics.store(this.#flags, CLOSING, 1);
    if (this.busy) this.#worker.unref();
    this.#givenUp = this.busy ? Promise.resolve() : this.#worker.terminate().then(() => undefined);
  }

  /** Nothing will be answered from now on: fails what waits and what comes. The first reason stays. */
  #end(why: string, cause?: unknown): void {
    this.#ended ??= new AgentError("session.failed", `${why}; open a new one`, { cause });
    this.#requests.end(this.#ended);
  }
}
