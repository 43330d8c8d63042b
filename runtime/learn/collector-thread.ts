/** A collector in a worker thread, for those that keep a core busy: both ends of the conversation. */
import type { MessagePort, Worker } from "node:worker_threads";
import { AgentError, type ErrorCode } from "../core/errors.ts";
import type { Collector, ShardTask } from "./shards.ts";

type FromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "rows"; readonly count: number }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: ErrorCode | null; readonly message: string };

/** Called in the thread: collects one shard after the other as it is told, until the thread is terminated. */
export async function serveCollector(port: MessagePort, open: () => Promise<Pick<Collector, "collect">>): Promise<void> {
  const say = (message: FromThread): void => port.postMessage(message);
  const saying = async (kind: "ready" | "done", work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      say({ kind });
    } catch (error) {
      const code = error instanceof AgentError ? error.code : null;
      say({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
    }
  };
  let collector: Pick<Collector, "collect"> | null = null;
  port.on("message", (task: ShardTask) =>
    saying("done", async () => {
      await collector?.collect(task, (count) => say({ kind: "rows", count }));
    }),
  );
  await saying("ready", async () => {
    collector = await open();
  });
}

/** Resolves when the thread is ready; disposing terminates it at once. An abort of the signal ends whatever it does. */
export async function openThreadCollector(thread: Worker, signal: AbortSignal): Promise<Collector> {
  const until = async (kind: "ready" | "done", onRows: (rows: number) => void): Promise<void> => {
    const settled = new AbortController();
    try {
      await new Promise<void>((resolve, reject) => {
        const hear = (message: FromThread): void => {
          if (message.kind === "rows") onRows(message.count);
          if (message.kind === kind) resolve();
          if (message.kind === "failed") reject(errorOf(message));
        };
        const ended = (code: number): void => reject(new Error(`a collecting thread ended with code ${code}`));
        thread.on("message", hear).on("error", reject).on("exit", ended);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: settled.signal });
        settled.signal.addEventListener("abort", () => thread.off("message", hear).off("error", reject).off("exit", ended));
      });
    } finally {
      settled.abort();
    }
  };
  const dispose = async (): Promise<void> => void (await thread.terminate());
  try {
    signal.throwIfAborted();
    await until("ready", () => {});
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    async collect(task, onRows) {
      signal.throwIfAborted();
      const done = until("done", onRows);
      thread.postMessage(task);
      await done;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

const errorOf = ({ code, message }: Extract<FromThread, { kind: "failed" }>): Error =>
  code ? new AgentError(code, message) : new Error(message);
