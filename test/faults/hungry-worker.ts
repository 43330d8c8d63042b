/** A worker module for tests that asks for more memory than there is, on its first message. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => new ArrayBuffer(2 ** 52));
