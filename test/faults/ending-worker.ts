/** A worker module for tests that ends on its first message, as one that is killed does. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => process.exit(1));
