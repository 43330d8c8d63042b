/** The thread that collects shards of scripted play, one after the other as it is told. Started, never imported. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../runtime/core/errors.ts";
import { serveCollector } from "../runtime/learn/collector-thread.ts";
import { type CollectOptions, collectShard } from "./collect.ts";

invariant(parentPort, "collect-worker runs in a worker thread");
const options = workerData as CollectOptions;

await serveCollector(parentPort, async () => ({
  async collect({ shard, rows }, onRows) {
    await collectShard(options, shard, rows, onRows);
  },
}));
