/** The thread that collects shards, one after the other as it is told. Started, never imported. */
import { parentPort, workerData } from "node:worker_threads";
import { AgentError, invariant } from "../runtime/core/errors.ts";
import { type CollectOptions, collectShard } from "./collect.ts";
import type { FromCollector, ToCollector } from "./collectors.ts";

invariant(parentPort, "collect-worker runs in a worker thread");
const port = parentPort;
const options = workerData as CollectOptions;
const say = (message: FromCollector): void => port.postMessage(message);

port.on("message", async ({ shard, rows }: ToCollector) => {
  try {
    await collectShard(options, shard, rows, (count) => say({ kind: "progress", shard, rows: count }));
    say({ kind: "done", shard });
  } catch (error) {
    const code = error instanceof AgentError ? error.code : null;
    say({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
  }
});
say({ kind: "ready" });
