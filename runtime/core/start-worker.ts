/** Starts a sibling module in a worker thread, as .ts in the source tree and as .js once built. */
import { Worker, type WorkerOptions } from "node:worker_threads";
import { moduleUrl } from "./package-root.ts";

/** Like `new Worker(moduleUrl(...))`. On Node 20 a worker does not inherit tsx's loader from `--import tsx`, so in the source tree it registers its own. */
export function startWorker(relativeTs: string, importerUrl: string, options?: WorkerOptions): Worker {
  const url = moduleUrl(relativeTs, importerUrl);
  if (!url.pathname.endsWith(".ts")) return new Worker(url, options);
  const source = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register(); await import(${JSON.stringify(url.href)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), options);
}
