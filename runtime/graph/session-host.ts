/** Sessions in a worker thread: the same interface as openSession, and the calling thread stays free while a model runs. */
import type { Worker } from "node:worker_threads";
import { type Clock, SystemClock } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import { startWorker } from "../core/start-worker.ts";
import type { PortInfo } from "./port.ts";
import type { ProviderName } from "./provider.ts";
import type { Session, SessionOptions } from "./session-types.ts";
import { checkFeeds, type TensorData } from "./tensor-data.ts";
import { BUSY, CLOSING, type OpenedSession, type Reply, type Request, type WorkerSetup } from "./worker-protocol.ts";

export interface SessionWorkerOptions {
  /** Threads inside one operator for sessions that do not say; default 2. */
  readonly threads?: number;
  /** Requests that may wait for an answer at once; default 32. */
  readonly pendingMax?: number;
  /** Default the system's; bounds how long dispose waits for a running model. */
  readonly clock?: Clock;
  /** Another worker module, relative to this file: tests use one that crashes. */
  readonly module?: string;
}

/** A worker thread that holds sessions. Disposing it closes them all, after the model that is running; the others that wait fail at once. */
export interface SessionWorker extends AsyncDisposable {
  /** A request is being worked on right now. */
  readonly busy: boolean;
  /** Loads a model in the worker; errors as openSession. The bytes are copied. */
  open(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

const PENDING_MAX_DEFAULT = 32;
/** How long dispose, and the exit of the process, wait for a running model. */
const DISPOSE_WAIT_MS_MAX = 5_000;

export function openSessionWorker(options: SessionWorkerOptions = {}): SessionWorker {
  return new WorkerHost(options);
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

type Body = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

class WorkerHost implements SessionWorker {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #flags = new Int32Array(new SharedArrayBuffer(8));
  readonly #pending = new Map<number, Pending>();
  readonly #pendingMax: number;
  readonly #threads: number | undefined;
  readonly #clock: Clock;
  #nextId = 1;
  /** Why nothing can be asked any more, or null. */
  #ended: AgentError | null = null;
  #disposed: Promise<void> | null = null;

  constructor({
    threads,
    pendingMax = PENDING_MAX_DEFAULT,
    clock = new SystemClock(),
    module = "./session-worker.ts",
  }: SessionWorkerOptions) {
    invariant(pendingMax >= 1, `openSessionWorker: pendingMax ${pendingMax}`);
    this.#pendingMax = pendingMax;
    this.#threads = threads;
    this.#clock = clock;
    const workerData: WorkerSetup = { flags: this.#flags };
    this.#worker = startWorker(module, import.meta.url, { workerData });
    this.#worker.on("message", (reply: Reply) => this.#receive(reply));
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
    const threads = options.threads ?? this.#threads;
    const merged = threads === undefined ? options : { ...options, threads };
    const opened = await this.#ask<OpenedSession>({ kind: "open", bytes, options: merged });
    return new RemoteSession(opened, options.name ?? "model", (body) => this.#ask(body));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    Atomics.store(this.#flags, CLOSING, 1);
    if (this.#ended) return this.#exited;
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

  #ask<T>(body: Body): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#pending.size >= this.#pendingMax && body.kind !== "close") {
      const message = `session worker: ${this.#pending.size} requests already wait, at most ${this.#pendingMax}; await results before asking for more`;
      return Promise.reject(new AgentError("session.failed", message));
    }
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#worker.postMessage({ ...body, id } satisfies Request);
      this.#pending.set(id, { resolve, reject });
    });
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) pending?.resolve(reply.value as never);
    else pending?.reject(reply.code ? new AgentError(reply.code, reply.message) : new Error(reply.message));
  }

  /** Nothing will be answered from now on: fails what waits and what comes. The first reason stays. */
  #end(why: string, cause?: unknown): void {
    this.#ended ??= new AgentError("session.failed", `${why}; open a new one`, { cause });
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}

class RemoteSession implements Session {
  readonly provider: ProviderName;
  readonly fallbackReason: string | null;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #name: string;
  readonly #id: number;
  readonly #ask: <T>(body: Body) => Promise<T>;
  #closed: Promise<void> | null = null;

  constructor(opened: OpenedSession, name: string, ask: <T>(body: Body) => Promise<T>) {
    this.provider = opened.provider;
    this.fallbackReason = opened.fallbackReason;
    this.inputs = opened.inputs;
    this.outputs = opened.outputs;
    this.#name = name;
    this.#id = opened.session;
    this.#ask = ask;
  }

  async run(feeds: Readonly<Record<string, TensorData>>): Promise<Record<string, TensorData>> {
    if (this.#closed) throw new AgentError("session.failed", `${this.#name}: the session is closed; open it again`);
    checkFeeds(this.#name, this.inputs, feeds); // Here and not only in the worker: a wrong feed is not worth a copy.
    return this.#ask({ kind: "run", session: this.#id, feeds });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#ask<null>({ kind: "close", session: this.#id }).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof AgentError)) throw error; // An AgentError says that the worker has ended, and its sessions with it.
      },
    );
    return this.#closed;
  }
}
