/** A session whose model runs on an inference server, and in this computer whenever the server does not answer in time: the arm never waits for a network. */
import { AgentError } from "../../core/errors.ts";
import type { PortInfo } from "../port.ts";
import type { Session } from "../session-types.ts";
import { checkFeeds, checkResults, type TensorData } from "../tensor-data.ts";
import { ask, type Patience } from "./attempts.ts";
import type { Circuit } from "./circuit.ts";
import { type InferenceLink, LinkError } from "./link.ts";

export interface ServerSessionOptions {
  readonly link: InferenceLink;
  readonly circuit: Circuit;
  /** The model's name on the server. */
  readonly model: string;
  /** The same model here. The session owns it. */
  readonly local: Session;
  readonly name: string;
  readonly patience: Patience;
  /** Makes sure that the server has the model; a server that was started again has forgotten it. */
  readonly find: (signal: AbortSignal) => Promise<void>;
  /** Told once when the server is given up for a while, and once when it is back. */
  readonly say: (line: string) => void;
}

export class ServerSession implements Session {
  readonly provider = "server";
  readonly fallbackReason = null;
  readonly #options: ServerSessionOptions;
  readonly #closed = new AbortController();
  /** Looks whether the server is back, beside the decisions; null while nobody does. */
  #looking: Promise<void> | null = null;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
  }

  get modelHash(): string {
    return this.#options.local.modelHash;
  }
  get inputs(): readonly PortInfo[] {
    return this.#options.local.inputs;
  }
  get outputs(): readonly PortInfo[] {
    return this.#options.local.outputs;
  }

  /** As every session; a server that fails, is late or answers nonsense is no error: this computer answers. */
  async run(feeds: Readonly<Record<string, TensorData>>, signal?: AbortSignal): Promise<Record<string, TensorData>> {
    const { circuit, local, name } = this.#options;
    const sizes = checkFeeds(name, this.inputs, feeds);
    if (circuit.state === "due") this.#looking ??= this.#look();
    if (circuit.state !== "closed") return local.run(feeds, signal);
    try {
      const results = await this.#askServer(feeds, sizes, signal);
      circuit.succeeded();
      return results;
    } catch (error) {
      signal?.throwIfAborted();
      this.#failed(error);
      return local.run(feeds, signal);
    }
  }

  async #askServer(
    feeds: Readonly<Record<string, TensorData>>,
    sizes: ReadonlyMap<string, number>,
    signal?: AbortSignal,
  ): Promise<Record<string, TensorData>> {
    const { link, model, name, patience } = this.#options;
    const wanted = this.outputs.map((output) => output.name);
    const results = await ask(patience, (within) => link.infer(model, feeds, wanted, within), signal);
    for (const { name: output, dtype } of this.outputs) {
      if (results[output]?.dtype !== dtype)
        throw new LinkError("refused", `output "${output}" came as ${results[output]?.dtype ?? "nothing"}, not as ${dtype}`);
    }
    try {
      checkResults(name, this.outputs, sizes, results);
    } catch (cause) {
      if (cause instanceof AgentError) throw new LinkError("refused", cause.message, { cause });
      throw cause;
    }
    return results;
  }

  async #look(): Promise<void> {
    const { circuit, find, say } = this.#options;
    try {
      await find(this.#closed.signal);
      if (circuit.succeeded()) say("the inference server is back; it plans from now on");
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#failed(error);
    } finally {
      this.#looking = null;
    }
  }

  #failed(error: unknown): void {
    const { circuit, say } = this.#options;
    if (!(error instanceof LinkError)) throw error;
    if (circuit.failed()) say(`the inference server does not do its part (${error.message}); this computer plans until it does`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new AgentError("session.failed", "the session is closed; open another"));
    await this.#looking;
    await this.#options.local[Symbol.asyncDispose]();
  }
}
