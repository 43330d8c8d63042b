/** The thread that trains. Started, never imported. */
import { parentPort, workerData } from "node:worker_threads";
import { SystemClock } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import { type TrainEnvironment, train } from "./train.ts";
import type { FromTraining, TrainSetup } from "./train-host.ts";
import { trainUncertainty } from "./train-only.ts";

invariant(parentPort, "train-worker runs in a worker thread");
const port = parentPort;
const { options, only, session, stop } = workerData as TrainSetup;
const say = (message: FromTraining): void => port.postMessage(message);

try {
  const environment: TrainEnvironment = {
    clock: new SystemClock(),
    session,
    stopAsked: () => Atomics.load(stop, 0) !== 0,
    onProgress: (progress) => say({ kind: "progress", progress }),
    say: (line) => say({ kind: "say", line }),
  };
  const { from } = options;
  const evaluation = only && from ? await trainUncertainty({ ...options, from }, environment) : await train(options, environment);
  say({ kind: "done", evaluation });
} catch (error) {
  const code = error instanceof AgentError ? error.code : null;
  say({ kind: "failed", code, message: error instanceof Error ? (code ? error.message : (error.stack ?? error.message)) : String(error) });
}
