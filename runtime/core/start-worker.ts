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

/** Like `fork`, for a module of ours. A child does not inherit a tsx that the foresight command registered, and may start in a folder from which tsx is not found. */
export function forkModule(entry: URL, options: Omit<ForkOptions, "execArgv">, args: readonly string[] = []): ChildProcess {
  const tsx = entry.pathname.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [];
  return fork(fileURLToPath(entry), [...args], { ...options, execArgv: [...ownFlags(process.execArgv), ...tsx] });
}

/** Ours is named by its full address; `--import tsx` would be looked for from the folder where the child starts. A program given as text would run in the child as well, and fork again. */
function ownFlags(flags: readonly string[]): readonly string[] {
  const isDropped = (flag: string, index: number): boolean =>
    TEXT.has(flag) ||
    TEXT.has(flags[index - 1] ?? "") ||
    /^--(eval|print|input-type)=/.test(flag) ||
    isTsx(flags, index) ||
    isTsx(flags, index - 1);
  return flags.filter((flag, index) => !isDropped(flag, index));
}

const TEXT: ReadonlySet<string> = new Set(["-e", "--eval", "-p", "-pe", "--print", "--input-type"]);
const isTsx = (flags: readonly string[], index: number): boolean => flags[index] === "--import" && flags[index + 1] === "tsx";
