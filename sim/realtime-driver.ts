/** The embedded simulator in real time: a Driver whose world lives in a worker thread and goes on while everybody thinks. */
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { type Observable, Subject, takeUntil } from "rxjs";
import type { Driver, Placed } from "../runtime/act/driver.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { gripperField } from "../runtime/core/gripper.ts";
import type { JointCommand } from "../runtime/core/motion.ts";
import type { Sample } from "../runtime/core/sensing.ts";
import { startWorker } from "../runtime/core/start-worker.ts";
import type { SimOptions } from "./sim-driver.ts";

/** What the world's thread is told. */
export type ToWorld =
  | ({ readonly kind: "command" } & Pick<JointCommand, "positionRad" | "velocityRadPerS" | "gripper">)
  | { readonly kind: "place" | "answer"; readonly request: number; readonly name: string; readonly payload: unknown }
  | { readonly kind: "end" };

interface Reply {
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What the world's thread says. */
export type FromWorld =
  | { readonly kind: "ready" }
  | { readonly kind: "samples"; readonly samples: readonly Sample[] }
  | ({ readonly kind: "reply"; readonly request: number } & Reply);

export interface RealtimeSimOptions extends SimOptions {
  /** Pictures a second, each camera. */
  readonly cameraRateHz: number;
}

export class RealtimeSimDriver implements Driver {
  readonly placements: readonly string[] = ["reset"];
  readonly #worker: Worker;
  readonly #samples = new Subject<Sample>();
  /** Requests that wait for their reply, by number. */
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #request = 0;
  /** Why its thread is no more, or null while it runs. */
  #ended: AgentError | null = null;

  /** Resolves when the world is loaded; throws AgentError `robot.lost` when its thread fails. */
  static async create(options: RealtimeSimOptions): Promise<RealtimeSimDriver> {
    const worker = startWorker("./world-worker.ts", import.meta.url, { workerData: options });
    await once(worker, "message"); // `ready`, or the error that `once` rejects with.
    return new RealtimeSimDriver(worker);
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: FromWorld) => this.#receive(message));
    worker.on("error", (cause) =>
      this.#fail(new AgentError("robot.lost", `simulator: its thread failed, ${cause.message}; start again`, { cause })),
    );
    worker.on("exit", () => this.#fail(new AgentError("robot.lost", "simulator: its thread ended; start again")));
  }

  samples(signal: AbortSignal): Observable<Sample> {
    const aborted = new Subject<void>();
    signal.addEventListener("abort", () => aborted.next(), { once: true });
    return this.#samples.pipe(takeUntil(aborted));
  }

  command({ positionRad, velocityRadPerS, gripper }: JointCommand): void {
    this.#tell({ kind: "command", positionRad, velocityRadPerS, ...gripperField(gripper) });
  }

  answer(name: string, payload: unknown): Promise<unknown> {
    return this.#ask("answer", name, payload);
  }

  place(name: string, payload: unknown): Promise<Placed> {
    return this.#ask("place", name, payload) as Promise<Placed>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.#worker, "exit");
    this.#tell({ kind: "end" });
    await exited;
  }

  async #ask(kind: "place" | "answer", name: string, payload: unknown): Promise<unknown> {
    if (this.#ended) throw this.#ended;
    const request = this.#request++;
    const replied = new Promise<Reply>((resolve) => this.#waiting.set(request, resolve));
    this.#tell({ kind, request, name, payload });
    const reply = await replied;
    if (reply.error) throw new AgentError(reply.error.code as AgentError["code"], reply.error.message);
    return reply.value;
  }

  #tell(message: ToWorld): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }

  #receive(message: FromWorld): void {
    if (message.kind === "samples") for (const sample of message.samples) this.#samples.next(sample);
    else if (message.kind === "reply") this.#settle(message.request, message);
  }

  #fail(error: AgentError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#samples.error(error);
    for (const request of [...this.#waiting.keys()]) this.#settle(request, { error: { code: error.code, message: error.message } });
  }

  #settle(request: number, reply: Reply): void {
    this.#waiting.get(request)?.(reply);
    this.#waiting.delete(request);
  }
}
