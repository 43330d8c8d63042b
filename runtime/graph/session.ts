/** Sessions: a model loaded on an execution provider, in this thread (`openSession`) or in a worker thread (`openSessionWorker`). */
export { openSession } from "./local-session.ts";
export type { PortInfo } from "./port.ts";
export { PROVIDER_CHOICES, type ProviderChoice, type ProviderName } from "./provider.ts";
export { availableProviders, type ProviderStatus } from "./provider-probe.ts";
export { openSessionWorker, type SessionWorker, type SessionWorkerOptions } from "./session-host.ts";
export type { LocalSession, Session, SessionOptions } from "./session-types.ts";
export { floats, type TensorData } from "./tensor-data.ts";
