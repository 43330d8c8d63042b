/** The worker thread's side of openSessionWorker: opens sessions and runs them, one request after the other. Started, never imported. */
import { parentPort, workerData } from "node:worker_threads";
import { AgentError, invariant } from "../core/errors.ts";
import { openSession } from "./local-session.ts";
import type { LocalSession } from "./session-types.ts";
import type { TensorData } from "./tensor-data.ts";
import { BUSY, CLOSING, type OpenedSession, type Reply, type Request, type WorkerSetup } from "./worker-protocol.ts";

const port = parentPort;
invariant(port, "session-worker.ts runs in a worker thread only");
const { flags } = workerData as WorkerSetup;
type Served = Exclude<Request, { kind: "cancel" }>;

const sessions = new Map<number, LocalSession>();
let last: Promise<void> = Promise.resolve();

/** Received and not begun. */
const waiting = new Set<number>();

port.on("message", (request: Request) => {
  if (request.kind === "cancel") return void waiting.delete(request.id);
  waiting.add(request.id);
  last = last.then(() => answer(request)); // Requests keep their order; the host bounds the queue.
});

async function answer(request: Served): Promise<void> {
  let reply: Reply;
  let buffers: ArrayBuffer[] = [];
  try {
    if (!waiting.delete(request.id)) throw new AgentError("session.failed", "the request was cancelled; ask again if it is still wanted");
    Atomics.store(flags, BUSY, 1); // Before CLOSING is read: once the host sees BUSY at 0 after closing, no run starts any more.
    if (Atomics.load(flags, CLOSING) !== 0 && request.kind !== "end")
      throw new AgentError("session.failed", "the session worker is closing; open another session");
    const value = await serve(request);
    if (value && request.kind === "run") buffers = transferable(value as Record<string, TensorData>);
    reply = { id: request.id, ok: true, value };
  } catch (error) {
    const code = error instanceof AgentError ? error.code : null;
    reply = { id: request.id, ok: false, code, message: error instanceof Error ? error.message : String(error) };
  } finally {
    Atomics.store(flags, BUSY, 0);
    Atomics.notify(flags, BUSY);
  }
  port?.postMessage(reply, buffers);
  if (request.kind === "end") port?.close();
}

async function serve(request: Served): Promise<OpenedSession | Record<string, TensorData> | null> {
  switch (request.kind) {
    case "open": {
      const session = await openSession(request.bytes, request.options);
      sessions.set(request.id, session);
      const { provider, fallbackReason, inputs, outputs } = session;
      return { session: request.id, provider, fallbackReason, inputs, outputs };
    }
    case "run": {
      const session = sessions.get(request.session);
      if (!session) throw new AgentError("session.failed", `session ${request.session} is closed; open it again`);
      return session.run(request.feeds);
    }
    case "close":
      await sessions.get(request.session)?.[Symbol.asyncDispose]();
      sessions.delete(request.session);
      return null;
    case "end":
      for (const session of sessions.values()) await session[Symbol.asyncDispose]();
      sessions.clear();
      return null;
  }
}

/** The buffers that results fill completely, each once: they move instead of being copied. */
function transferable(results: Readonly<Record<string, TensorData>>): ArrayBuffer[] {
  const whole = Object.values(results).filter(
    ({ data }) => data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength,
  );
  return [...new Set(whole.map(({ data }) => data.buffer as ArrayBuffer))];
}
