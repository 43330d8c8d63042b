/** A worker module for tests that dies on its first message, as a bug in the real one would. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => {
  throw new Error("the test asked for a crash");
});
