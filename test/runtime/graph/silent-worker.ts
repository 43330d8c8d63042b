/** A worker module for tests that never answers and never ends by itself: a model that runs for ever. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => undefined);
