/** Collects a data set shard by shard, several collectors at once; what was interrupted goes on from the shards that are whole. */
import { claimFolder, type DatasetMeta, lockDataset, rowsOfShard } from "./dataset-writer.ts";

export interface ShardTask {
  readonly shard: number;
  /** At least so many; the last episode is not cut off. */
  readonly rows: number;
}

/** Whatever makes experience: a simulator in a thread, or an arm. */
export interface Collector extends AsyncDisposable {
  /** Writes one shard to its end and tells how many rows it has so far. Throws AgentErrors; nothing is left of an unfinished shard. */
  collect(task: ShardTask, onRows: (rows: number) => void): Promise<void>;
}

export interface Collection {
  readonly folder: string;
  readonly meta: DatasetMeta;
  readonly rows: number;
  /** Never depends on the number of workers, so that neither does the data. */
  readonly shardRows: number;
  readonly workers: number;
  /** Called once per worker; the signal aborts when the collection ends early. */
  readonly open: (signal: AbortSignal) => Promise<Collector>;
  /** Rows that are there, of those wanted; those of whole shards found at the start are in `found`. */
  readonly onProgress: (rows: number, found: number) => void;
  readonly signal: AbortSignal;
}

/** At least `rows` rows in the folder. Throws the signal's reason when interrupted, `data.mismatch` when the folder holds other data, and the first error of a collector. */
export async function collectShards({ folder, meta, rows, shardRows, workers, open, onProgress, signal }: Collection): Promise<void> {
  using _lock = lockDataset(folder);
  claimFolder(folder, meta);
  const { todo, found } = missingShards({ folder, meta, rows, shardRows });
  const counts = new Map<number, number>();
  const failure = new AbortController();
  const ending = AbortSignal.any([signal, failure.signal]);
  const work = async (): Promise<void> => {
    await using collector = await open(ending);
    for (let task = todo.shift(); task; task = todo.shift()) {
      ending.throwIfAborted();
      const { shard } = task;
      await collector.collect(task, (count) => {
        counts.set(shard, count);
        onProgress(found + sum([...counts.values()]), found);
      });
    }
  };
  const end = (error: unknown): void => failure.abort(error); // The first to fail ends the others.
  await Promise.all(Array.from({ length: Math.min(workers, todo.length) }, () => work().catch(end)));
  ending.throwIfAborted();
}

/** What is there stays, whatever it was asked for; what is missing is shared out among the free numbers, the same whatever of it is there already. */
export function missingShards({ folder, meta, rows, shardRows }: Pick<Collection, "folder" | "meta" | "rows" | "shardRows">): {
  readonly todo: ShardTask[];
  readonly found: number;
} {
  const todo: ShardTask[] = [];
  let [counted, found] = [0, 0];
  for (let shard = 0; counted < rows; shard++) {
    const there = Math.min(shardRows, rowsOfShard(folder, shard, meta.columns.length));
    found += there;
    if (there === 0) todo.push({ shard, rows: Math.min(shardRows, rows - counted) });
    counted += there || shardRows;
  }
  return { todo, found };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
