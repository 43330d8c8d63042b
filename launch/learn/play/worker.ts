/** The thread in which an embedded simulator is played with, shard by shard as it is told. Started, never imported. */
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../../runtime/core/errors.ts";
import { serveCollector } from "../../../runtime/learn/collector-thread.ts";
import { openPlayCollector } from "./collector.ts";
import type { PlaySetup } from "./setup.ts";

invariant(parentPort, "the play worker runs in a worker thread");
const setup = workerData as PlaySetup;
const never = new AbortController().signal; // Who started the thread ends it.

await serveCollector(parentPort, () => openPlayCollector(setup, null, never));
