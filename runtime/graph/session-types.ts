/** What a session is, wherever it runs. */
import type { PortInfo } from "./port.ts";
import type { ProviderChoice, ProviderName } from "./provider.ts";
import type { TensorData } from "./tensor-data.ts";

export interface SessionOptions {
  /** Default `auto`. */
  readonly provider?: ProviderChoice;
  /** Threads inside one operator, at least 1; default 2. */
  readonly threads?: number;
  /** Refuse with `session.provider` instead of falling back to the cpu; default false. */
  readonly strict?: boolean;
  /** What messages call the model; default `model`. */
  readonly name?: string;
}

/** A loaded model. Feeds are borrowed for the call; results belong to the caller. */
export interface Session extends AsyncDisposable {
  /** SHA-256 of the model's bytes, 64 hexadecimal digits: the model's name, wherever it runs. */
  readonly modelHash: string;
  /** `server`: on an inference server (runtime/graph/inference). */
  readonly provider: ProviderName | "server";
  /** Why it is not the provider that was asked for; null when it is. */
  readonly fallbackReason: string | null;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  /**
   * Throws `model.mismatch` when a feed does not fit, `session.failed` when the runtime fails or does not answer in time, and the signal's reason as soon
   * as it aborts: nobody waits for a run that has begun, and one that has not does not begin.
   */
  run(feeds: Readonly<Record<string, TensorData>>, signal?: AbortSignal): Promise<Record<string, TensorData>>;
}

/** A session in this thread. */
export interface LocalSession extends Session {
  readonly provider: ProviderName;
  /** As run; the outputs named in `into` are written there instead of into new memory. They must not overlap the feeds. */
  runInto(feeds: Readonly<Record<string, TensorData>>, into: Readonly<Record<string, TensorData>>): Promise<Record<string, TensorData>>;
}
