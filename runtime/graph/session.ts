/** Sessions: a model loaded on an execution provider, in this thread (`openSession`) or in a worker thread (`openSessionWorker`). */
export { openSession } from "./local-session.ts";
export type { PortInfo } from "./port.ts";
export { availableProviders } from "./provider-probe.ts";
export { openSessionWorker, type SessionWorker } from "./session-host.ts";
export type { LocalSession, Session, SessionOptions } from "./session-types.ts";
export { floats, type TensorData } from "./tensor-data.ts";
