/** `foresight worker`: takes jobs, does them seed by seed, and keeps what came of each. */
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { ownName } from "./connect.ts";
import type { Delivery, Job, JobQueue, Outcome } from "./queue.ts";

/** A job's configuration, opened: whatever does its seeds. */
export interface Bench extends AsyncDisposable {
  /** A function of the seed alone. Throws AgentErrors that would be thrown anywhere. */
  do(seed: number, signal: AbortSignal): Promise<unknown>;
}

/** Checks a configuration and opens what it says. Throws AgentErrors: another worker may be able to. */
export type OpenBench = (config: string) => Promise<Bench>;

/** As much of a queue as a worker needs. */
export type WorkQueue = Pick<JobQueue, "take" | "isDone" | "record" | "tell" | "config" | "isClosed">;

export interface WorkIo {
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** What kinds of job it knows. */
  readonly kinds: Readonly<Record<string, OpenBench>>;
}

const HEARTBEAT_MS = 4000;
/** A worker that cannot do a job leaves it to others for so long. */
const REFUSED_MS = 5000;
const RETRY_MS = 1000;
/** A job that was begun so often and not ended kills its workers. */
const DELIVERIES_MAX = 50;

/** Works until the signal. Throws AgentError `bridge.lost` when the server is gone for good. */
export async function work(queue: WorkQueue, io: WorkIo): Promise<void> {
  await using bench = new OpenedBench(queue, io.kinds);
  while (!io.signal.aborted) {
    try {
      const delivery = await queue.take();
      if (delivery) await doJob(queue, bench, delivery, io);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      if (queue.isClosed) throw new AgentError("bridge.lost", `${error.message}; the server is gone`, { cause: error });
      io.say(error.message);
      await io.clock.sleep(RETRY_MS);
    }
  }
}

/** A job is given back, whole, whenever something of it could not be done here; what is kept of it is not done again. */
async function doJob(queue: WorkQueue, bench: OpenedBench, delivery: Delivery, { clock, signal }: WorkIo): Promise<void> {
  const { job, deliveries } = delivery;
  const beat = clock.every(HEARTBEAT_MS, () => delivery.goesOn());
  try {
    const opened = await bench.of(job);
    for (const seed of job.seeds) {
      if (await queue.isDone(job.configHash, seed)) continue;
      const outcome = deliveries > DELIVERIES_MAX ? GIVEN_UP : await outcomeOf(opened, seed, signal);
      if (signal.aborted) return delivery.again(0); // What was cut off is no result.
      await queue.record(job.configHash, { seed, worker: ownName, ...outcome });
    }
    delivery.done();
  } catch (error) {
    delivery.again(REFUSED_MS);
    if (error instanceof AgentError) queue.tell(job.configHash, `does not do it: ${error.message}`);
    throw error;
  } finally {
    beat();
  }
}

type Came = Pick<Extract<Outcome, { value: unknown }>, "value"> | Pick<Extract<Outcome, { error: unknown }>, "error">;

const GIVEN_UP: Came = {
  error: { code: "bridge.failed", message: `it was begun ${DELIVERIES_MAX} times and never ended; look at what the workers print` },
};

async function outcomeOf(bench: Bench, seed: number, signal: AbortSignal): Promise<Came> {
  try {
    signal.throwIfAborted();
    return { value: await bench.do(seed, signal) };
  } catch (error) {
    if (!(error instanceof AgentError) || error.code === "bridge.failed") throw error; // A server that is away is nothing that came of a seed.
    return { error: { code: error.code, message: error.message } };
  }
}

/** The configuration that came last stays open: its jobs come one after another. */
class OpenedBench implements AsyncDisposable {
  readonly #queue: WorkQueue;
  readonly #kinds: WorkIo["kinds"];
  #open: { readonly configHash: string; readonly bench: Bench } | null = null;

  constructor(queue: WorkQueue, kinds: WorkIo["kinds"]) {
    this.#queue = queue;
    this.#kinds = kinds;
  }

  async of({ kind, configHash }: Job): Promise<Bench> {
    if (this.#open?.configHash === configHash) return this.#open.bench;
    await this[Symbol.asyncDispose]();
    const open = Object.hasOwn(this.#kinds, kind) ? this.#kinds[kind] : undefined;
    if (!open) throw new AgentError("data.mismatch", `jobs of kind "${kind}" are not known here; use the same version everywhere`);
    const bench = await open(await this.#queue.config(configHash));
    this.#open = { configHash, bench };
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.bench[Symbol.asyncDispose]();
  }
}
