/** Collects a data set in parallel worker threads; what was interrupted goes on from the shards that are whole. */
import type { Worker } from "node:worker_threads";
import { AgentError, type ErrorCode } from "../runtime/core/errors.ts";
import { startWorker } from "../runtime/core/start-worker.ts";
import { claimFolder, hasShard } from "../runtime/learn/dataset-writer.ts";
import { type CollectOptions, metaOf } from "./collect.ts";

/** Small enough that little is lost when a collection is interrupted; never depends on the number of workers, so that neither does the data. */
export const SHARD_ROWS = 10_000;

export interface ToCollector {
  readonly shard: number;
  readonly rows: number;
}

export type FromCollector =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly shard: number; readonly rows: number }
  | { readonly kind: "done"; readonly shard: number }
  | { readonly kind: "failed"; readonly code: ErrorCode | null; readonly message: string };

export interface CollectRun {
  readonly rows: number;
  /** Default SHARD_ROWS; tests use less. */
  readonly shardRows?: number;
  readonly workers: number;
  /** Rows that are there, of those wanted; those of whole shards found at the start are in `found`. */
  readonly onProgress: (rows: number, found: number) => void;
  readonly signal: AbortSignal;
}

/** At least `rows` rows in the folder. Throws the signal's reason when interrupted, `data.mismatch` when the folder holds other data. */
export async function collect(
  options: CollectOptions,
  { rows, shardRows = SHARD_ROWS, workers, onProgress, signal }: CollectRun,
): Promise<void> {
  claimFolder(options.folder, metaOf(options));
  const shards = Array.from({ length: Math.ceil(rows / shardRows) }, (_, shard) => ({
    shard,
    rows: Math.min(shardRows, rows - shard * shardRows),
  }));
  const todo = shards.filter(({ shard }) => !hasShard(options.folder, shard));
  const found = sum(shards.filter((each) => !todo.includes(each)).map((each) => each.rows));
  const counts = new Map<number, number>();
  const threads = Array.from({ length: Math.min(workers, todo.length) }, () =>
    startWorker("./collect-worker.ts", import.meta.url, { workerData: options }),
  );
  const stop = (): void => void Promise.all(threads.map((thread) => thread.terminate()));
  signal.addEventListener("abort", stop, { once: true });
  try {
    const next = (): ToCollector | undefined => todo.shift();
    const told = (message: FromCollector): void => {
      if (message.kind !== "progress") return;
      counts.set(message.shard, message.rows);
      onProgress(found + sum([...counts.values()]), found);
    };
    await Promise.all(threads.map((thread) => work(thread, next, told, signal)));
  } finally {
    signal.removeEventListener("abort", stop);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** Feeds one thread shards until there are none. */
function work(
  thread: Worker,
  next: () => ToCollector | undefined,
  told: (message: FromCollector) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const shard = next();
      if (shard) thread.postMessage(shard);
      else resolve();
    };
    thread.on("message", (message: FromCollector) => {
      told(message);
      if (message.kind === "ready" || message.kind === "done") give();
      if (message.kind === "failed") reject(message.code ? new AgentError(message.code, message.message) : new Error(message.message));
    });
    thread.on("error", reject);
    thread.on("exit", (code) => reject(signal.aborted ? signal.reason : new Error(`a collecting thread ended with code ${code}`)));
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
