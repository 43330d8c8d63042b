/** A training in its own thread, so that progress, the page and Ctrl-C are never held up by a step. */
import { AgentError, type ErrorCode } from "../core/errors.ts";
import { startWorker } from "../core/start-worker.ts";
import type { SessionOptions } from "../graph/session.ts";
import type { Progress } from "./phase.ts";
import type { TrainOptions } from "./train.ts";

export interface TrainSetup {
  readonly options: TrainOptions;
  /** Trains this alone, on what `options.from` sees; null trains everything. */
  readonly only: "uncertainty" | null;
  readonly session: SessionOptions;
  /** Non-zero asks for a stop, one int32. */
  readonly stop: Int32Array;
}

export type FromTraining =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "say"; readonly line: string }
  | { readonly kind: "done"; readonly evaluation: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly code: ErrorCode | null; readonly message: string };

export interface TrainingIo {
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** Resolves with the evaluation; rejects with the training's AgentError, `stop.operator` after an interruption. */
export function startTraining(
  { options, only }: Pick<TrainSetup, "options" | "only">,
  session: SessionOptions,
  io: TrainingIo,
): Promise<Readonly<Record<string, unknown>>> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workerData: TrainSetup = { options, only, session, stop };
  const worker = startWorker("./train-worker.ts", import.meta.url, { workerData });
  const ask = (): void => void Atomics.store(stop, 0, 1);
  if (io.signal.aborted) ask();
  io.signal.addEventListener("abort", ask, { once: true });
  return new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    worker.on("message", (message: FromTraining) => {
      if (message.kind === "progress") {
        io.progress(describe(message.progress));
        io.onProgress?.(message.progress);
      }
      if (message.kind === "say") io.say(message.line);
      if (message.kind === "done") resolve(message.evaluation);
      if (message.kind === "failed") reject(message.code ? new AgentError(message.code, message.message) : new Error(message.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the training thread ended with code ${code}`)));
  }).finally(() => io.signal.removeEventListener("abort", ask));
}

/** One line: phase, share, time left, figures. */
function describe({ phase, step, progress, leftS, figures }: Progress): string {
  const left = leftS === null ? "" : `, ${leftS < 90 ? `${Math.ceil(leftS)} s` : `${Math.ceil(leftS / 60)} min`} left`;
  const told = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return `${phase} ${(100 * progress).toFixed(0)} %${left}, step ${step}: ${told.join(", ")}`;
}
