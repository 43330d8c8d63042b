/** Starts a sibling module in a worker thread or as a child process, as .ts in the source tree and as .js once built. */
import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { moduleUrl } from "./package-root.ts";

/** Like `new Worker(moduleUrl(...))`. On Node 20 a worker does not inherit tsx's loader from `--import tsx`, so in the source tree it registers its own. */
export function startWorker(relativeTs: string, importerUrl: string, options?: WorkerOptions): Worker {
  const url = moduleUrl(relativeTs, importerUrl);
  if (!url.pathname.endsWith(".ts")) return new Worker(url, options);
  const source = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register(); await import(${JSON.stringify(url.href)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), options);
}

/**
 * Like `fork`, for a module of ours. It takes nothing of our own command line: a child that got its `--eval` would do what its parent does, and fork again.
 * tsx is named by its full address, since a child may start in a folder from which it is not found. Flags for all processes belong in NODE_OPTIONS.
 */
export function forkModule(entry: URL, options: Omit<ForkOptions, "execArgv">): ChildProcess {
  const execArgv = entry.pathname.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [];
  return fork(fileURLToPath(entry), [], { ...options, execArgv });
}
