/** Jobs and what came of them on JetStream: a job is done at least once, since workers die; its result counts once, since only the first of a seed is kept. */
import type { Consumer, JsMsg } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import * as z from "zod";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { answered, connectJobs, type JobAccess, type JobLink, ownName, reasonOf } from "./connect.ts";
import { type PartStore, partStore } from "./parts.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const SEED_MAX = 0xffff_ffff;
const seed = z.int().min(0).max(SEED_MAX);
const jobSchema = z.strictObject({ kind: z.string().max(30), configHash: hash, seeds: z.array(seed).min(1).max(1000) });
export type Job = z.output<typeof jobSchema>;

/** What came of a seed: a value of the job's kind, or the error that ended it, which would end it anywhere. */
const outcomeSchema = z.union([
  z.strictObject({ seed, worker: z.string().max(200), value: z.unknown() }),
  z.strictObject({
    seed,
    worker: z.string().max(200),
    error: z.strictObject({ code: z.string().max(50), message: z.string().max(10_000) }),
  }),
]);
export type Outcome = z.output<typeof outcomeSchema>;

/** A job in hand. Who neither ends it nor says that it goes on loses it to another worker. */
export interface Delivery {
  readonly job: Job;
  /** How often it was handed out, this time included. */
  readonly deliveries: number;
  done(): void;
  again(afterMs: number): void;
  goesOn(): void;
}

const STREAM = "FORESIGHT_JOBS";
const WORKERS = "workers";
const NS_PER_S = 1e9;
/** A worker that says nothing for so long has died. */
const LEASE_S = 15;
const KEPT_MS = 30 * 24 * 3600 * 1000;
/** Whoever waits for bytes takes them as they come. */
const ON_THE_WAY_MS = 7 * 24 * 3600 * 1000;
/** JetStream's code for "somebody was first". Every other refusal means that nothing was kept. */
const WAS_FIRST = new Set([10_071, 10_164]);

export class JobQueue implements AsyncDisposable {
  readonly #link: JobLink;
  readonly #configs: KV;
  readonly #results: KV;
  readonly #parts: KV;
  readonly #consumer: Consumer;

  private constructor(
    link: JobLink,
    { configs, results, parts }: Readonly<Record<"configs" | "results" | "parts", KV>>,
    consumer: Consumer,
  ) {
    this.#link = link;
    this.#configs = configs;
    this.#results = results;
    this.#parts = parts;
    this.#consumer = consumer;
  }

  /** Makes what is not there yet. Throws AgentErrors of `connectJobs`. */
  static async open(access: JobAccess): Promise<JobQueue> {
    const link = await connectJobs(access);
    try {
      const { manager, stream, buckets, jetstream } = link;
      const { AckPolicy, RetentionPolicy, StorageType } = jetstream;
      await manager.streams.add({
        ...{ name: STREAM, subjects: ["foresight.jobs.>"] },
        ...{ retention: RetentionPolicy.Workqueue, storage: StorageType.File },
      });
      await manager.consumers.add(STREAM, {
        ...{ durable_name: WORKERS, ack_policy: AckPolicy.Explicit },
        ...{ ack_wait: LEASE_S * NS_PER_S, max_deliver: -1 }, // Who has it in hand counts, and ends it in words.
      });
      const kept = { history: 1, ttl: KEPT_MS, storage: StorageType.File };
      const configs = await buckets.create("foresight-configs", kept);
      const results = await buckets.create("foresight-results", kept);
      const parts = await buckets.create("foresight-parts", { ...kept, ttl: ON_THE_WAY_MS });
      return new JobQueue(link, { configs, results, parts }, await stream.consumers.get(STREAM, WORKERS));
    } catch (cause) {
      await link.connection.close();
      throw new AgentError(
        "bridge.failed",
        `jobs: ${access.url} gives no stream for them (${reasonOf(cause)}); switch JetStream on there (nats-server -js)`,
        {
          cause,
        },
      );
    }
  }

  /** Keeps a configuration under its hash, which is returned. */
  async publish(config: string): Promise<string> {
    const configHash = sha256(config);
    await this.#configs.put(configHash, config);
    return configHash;
  }

  /** The text whose hash this is. Throws AgentError `data.mismatch` where there is none, or another. */
  async config(configHash: string): Promise<string> {
    const entry = await this.#configs.get(configHash);
    const text = entry?.operation === "PUT" ? entry.string() : null;
    if (text !== null && sha256(text) === configHash) return text;
    const why = text === null ? "is not there" : `has the hash ${sha256(text).slice(0, 12)}`;
    throw new AgentError(
      "data.mismatch",
      `jobs: the configuration ${configHash.slice(0, 12)} ${why}; nothing of it is done: give the command again`,
    );
  }

  async offer(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) await this.#link.stream.publish(`foresight.jobs.${job.configHash}`, JSON.stringify(job));
  }

  /** Takes back what nobody has in hand. */
  async withdraw(configHash: string): Promise<void> {
    await this.#link.manager.streams.purge(STREAM, { filter: `foresight.jobs.${configHash}` });
  }

  /** The next job, or null when none came for some seconds. Throws AgentError `bridge.failed` while the server is away. */
  async take(): Promise<Delivery | null> {
    const message = await answered("no job could be had", this.#consumer.next({ expires: TAKE_MS }));
    return message ? this.#delivery(message) : null;
  }

  /** Throws AgentError `bridge.failed` while the server is away. */
  async isDone(configHash: string, seed: number): Promise<boolean> {
    const entry = await answered("results cannot be looked at", this.#results.get(`${configHash}.${seed}`));
    return entry?.operation === "PUT";
  }

  /** Keeps the first of its seed; every later one is dropped. Throws AgentError `bridge.failed` when it is not known to be kept. */
  async record(configHash: string, outcome: Outcome): Promise<void> {
    const { JetStreamApiError } = this.#link.jetstream;
    const kept = this.#results.create(`${configHash}.${outcome.seed}`, JSON.stringify(outcome)).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError && WAS_FIRST.has(error.code))) throw error;
    });
    await answered(`what came of seed ${outcome.seed} is not known to be kept`, kept);
  }

  /** An error is no result for the next time; neither is what was taken. Throws AgentError `bridge.failed` while the server is away. */
  async forget(configHash: string, seed: number): Promise<void> {
    await answered(`what came of seed ${seed} is still kept`, this.#results.delete(`${configHash}.${seed}`));
  }

  /** Where bytes wait that are too many for a result. */
  parts(clock: Clock): PartStore {
    return partStore(this.#parts, { clock, isClosed: () => this.isClosed });
  }

  /** What there is already. */
  async outcomes(configHash: string): Promise<readonly Outcome[]> {
    const found: Outcome[] = [];
    for await (const entry of await this.#results.history({ key: `${configHash}.*` }))
      if (entry.operation === "PUT") found.push(outcomeSchema.parse(entry.json()));
    return found;
  }

  /** What there is already and what comes, until the signal. */
  async *coming(configHash: string, signal: AbortSignal): AsyncGenerator<Outcome> {
    const watch = await this.#results.watch({ key: `${configHash}.*`, ignoreDeletes: true });
    const stop = (): void => watch.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    for await (const entry of watch) if (entry.operation === "PUT") yield outcomeSchema.parse(entry.json());
  }

  /** A line for whoever waits for these results. */
  tell(configHash: string, line: string): void {
    this.#link.connection.publish(`foresight.said.${configHash}`, `${ownName}: ${line}`);
  }

  /** Hears what workers tell, until disposed of. */
  hear(configHash: string, onLine: (line: string) => void): Disposable {
    const subscription = this.#link.connection.subscribe(`foresight.said.${configHash}`, {
      callback(error, message) {
        if (!error) onLine(printable(message.string()));
      },
    });
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  /** What cannot be read is a job of nobody: it is thrown away. */
  #delivery(message: JsMsg): Delivery | null {
    const parsed = jobSchema.safeParse(jsonOf(message));
    const unlessGone = (answer: () => void) => (this.isClosed ? undefined : answer());
    if (!parsed.success) {
      unlessGone(() => message.term("no job of ours"));
      return null;
    }
    return {
      job: parsed.data,
      deliveries: message.info.deliveryCount,
      done: () => unlessGone(() => message.ack()),
      again: (afterMs) => unlessGone(() => message.nak(afterMs)),
      goesOn: () => unlessGone(() => message.working()),
    };
  }

  get isClosed(): boolean {
    return this.#link.connection.isClosed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.connection.close();
  }
}

const TAKE_MS = 2000;

const LINE_CHARACTERS_MAX = 2000;

/** What others say goes to a terminal: without what commands one. */
const printable = (text: string): string => text.slice(0, LINE_CHARACTERS_MAX).replace(/\p{Cc}+/gu, " ");

function jsonOf(message: JsMsg): unknown {
  try {
    return message.json();
  } catch {
    return null;
  }
}
