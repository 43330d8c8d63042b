/** Collects scripted play in parallel worker threads of the embedded simulator. */
import { startWorker } from "../runtime/core/start-worker.ts";
import { openThreadCollector } from "../runtime/learn/collector-thread.ts";
import { type Collection, collectShards } from "../runtime/learn/shards.ts";
import { type CollectOptions, metaOf } from "./collect.ts";

/** Small enough that little is lost when a collection is interrupted. */
export const SHARD_ROWS = 10_000;

export type CollectRun = Pick<Collection, "rows" | "workers" | "onProgress" | "signal"> & Partial<Pick<Collection, "shardRows">>;

/** At least `rows` rows in the folder. Throws as `collectShards`. */
export function collect(options: CollectOptions, run: CollectRun): Promise<void> {
  return collectShards({
    shardRows: SHARD_ROWS,
    ...run,
    folder: options.folder,
    meta: metaOf(options),
    open: (signal) => openThreadCollector(startWorker("./collect-worker.ts", import.meta.url, { workerData: options }), signal),
  });
}
