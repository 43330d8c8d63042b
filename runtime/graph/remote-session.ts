/** A session whose model is in the worker thread. */
import { AgentError } from "../core/errors.ts";
import type { PortInfo } from "./port.ts";
import type { ProviderName } from "./provider.ts";
import type { Session } from "./session-types.ts";
import { checkFeeds, type TensorData } from "./tensor-data.ts";
import type { OpenedSession } from "./worker-protocol.ts";

/** What the host does for a session. */
export interface RemoteModel {
  readonly modelHash: string;
  readonly opened: OpenedSession;
  readonly name: string;
  run(feeds: Readonly<Record<string, TensorData>>, signal?: AbortSignal): Promise<Record<string, TensorData>>;
  /** This session needs it no longer. */
  release(): Promise<void>;
}

export class RemoteSession implements Session {
  readonly modelHash: string;
  readonly provider: ProviderName;
  readonly fallbackReason: string | null;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #model: RemoteModel;
  #closed: Promise<void> | null = null;

  constructor(model: RemoteModel) {
    const { provider, fallbackReason, inputs, outputs } = model.opened;
    this.modelHash = model.modelHash;
    this.provider = provider;
    this.fallbackReason = fallbackReason;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#model = model;
  }

  async run(feeds: Readonly<Record<string, TensorData>>, signal?: AbortSignal): Promise<Record<string, TensorData>> {
    const { name } = this.#model;
    if (this.#closed) throw new AgentError("session.failed", `${name}: the session is closed; open it again`);
    checkFeeds(name, this.inputs, feeds); // Here and not only in the worker: a wrong feed is not worth a copy.
    return this.#model.run(feeds, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#model.release().catch((error: unknown) => {
      if (!(error instanceof AgentError)) throw error; // An AgentError says that the worker has ended, and its sessions with it.
    });
    return this.#closed;
  }
}
