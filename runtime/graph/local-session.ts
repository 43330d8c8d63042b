/** Opens a model in this thread on the best execution provider. `run` blocks the thread: time-keeping processes use openSessionWorker instead. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { AgentError, invariant } from "../core/errors.ts";
import { sha256 } from "../core/sha256.ts";
import { describePort, type PortInfo } from "./port.ts";
import { DTYPE_CODES, type DType } from "./proto.ts";
import { executionProviders, type ProviderChoice, type ProviderName, providerOrder } from "./provider.ts";
import type { LocalSession, SessionOptions } from "./session-types.ts";
import { checkFeeds, checkResults, type TensorData } from "./tensor-data.ts";

const THREADS_DEFAULT = 2;
const LOG_FATAL_ONLY = 4;

/** Loads a model. Throws `model.corrupt` when no provider can load the bytes, `session.provider` when strict and the asked provider cannot. */
export async function openSession(bytes: Uint8Array, options: SessionOptions = {}): Promise<LocalSession> {
  const { provider: choice = "auto", threads = THREADS_DEFAULT, strict = false, name = "model" } = options;
  invariant(Number.isInteger(threads) && threads >= 1, `openSession: ${threads} threads`);
  const { native, provider, reasons } = await createOnBest(bytes, choice, threads, name);
  if (strict && choice !== "auto" && provider !== choice) {
    await native.release();
    throw new AgentError(
      "session.provider",
      `${name}: provider ${choice} is not available: ${reasons}; choose another provider or do not be strict`,
    );
  }
  return new NativeSession(native, { modelHash: sha256(bytes), name, provider, fallbackReason: reasons === "" ? null : reasons });
}

/** The first provider that takes the model, and why better ones did not. */
async function createOnBest(bytes: Uint8Array, choice: ProviderChoice, threads: number, name: string) {
  const { tries, obstacles } = providerOrder(choice);
  const reasons = [...obstacles];
  for (const provider of tries) {
    try {
      return { native: await create(bytes, provider, threads), provider, reasons: reasons.join("; ") };
    } catch (cause) {
      if (provider === "cpu") throw corrupt(name, bytes, cause);
      reasons.push(`${provider}: ${firstLine(cause)}`);
    }
  }
  throw new Error("internal: cpu is always the last provider to try");
}

function create(bytes: Uint8Array, provider: ProviderName, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    executionProviders: executionProviders(provider),
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: LOG_FATAL_ONLY, // The text of every failure is in the exception.
    extra: { session: { force_spinning_stop: "1" } }, // Idle pool threads must not take cores from physics, cameras and the command stream.
  });
}

function corrupt(name: string, bytes: Uint8Array, cause: unknown): AgentError {
  return new AgentError(
    "model.corrupt",
    `${name}: ONNX Runtime cannot load its ${bytes.length} bytes: ${firstLine(cause)}; copy or export the file again`,
    {
      cause,
    },
  );
}

const firstLine = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).trim().split("\n")[0] ?? "";

interface Identity {
  readonly modelHash: string;
  readonly name: string;
  readonly provider: ProviderName;
  readonly fallbackReason: string | null;
}

class NativeSession implements LocalSession {
  readonly modelHash: string;
  readonly provider: ProviderName;
  readonly fallbackReason: string | null;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #name: string;
  #native: InferenceSession | null;

  constructor(native: InferenceSession, { modelHash, name, provider, fallbackReason }: Identity) {
    this.#native = native;
    this.modelHash = modelHash;
    this.#name = name;
    this.provider = provider;
    this.fallbackReason = fallbackReason;
    this.inputs = native.inputMetadata.map((meta) => readMetadata(name, meta));
    this.outputs = native.outputMetadata.map((meta) => readMetadata(name, meta));
  }

  async run(feeds: Readonly<Record<string, TensorData>>, signal?: AbortSignal): Promise<Record<string, TensorData>> {
    signal?.throwIfAborted();
    const results = await this.runInto(feeds, {});
    signal?.throwIfAborted();
    return results;
  }

  async runInto(
    feeds: Readonly<Record<string, TensorData>>,
    into: Readonly<Record<string, TensorData>>,
  ): Promise<Record<string, TensorData>> {
    if (!this.#native) throw new AgentError("session.failed", `${this.#name}: the session is closed; open it again`);
    const sizes = checkFeeds(this.#name, this.inputs, feeds);
    const fetches = Object.fromEntries(this.outputs.map(({ name }) => [name, into[name] ? toNative(into[name]) : null]));
    const native = await this.#native.run(nativeFeeds(feeds), fetches).catch((cause: unknown) => {
      throw new AgentError(
        "session.failed",
        `${this.#name}: ${this.provider} run failed: ${firstLine(cause)}; reset and start again, or check the model (foresight check)`,
        { cause },
      );
    });
    const results = Object.fromEntries(
      this.outputs.map(({ name, dtype }) => [name, into[name] ?? fromNative(native[name] as Tensor, dtype)]),
    );
    checkResults(this.#name, this.outputs, sizes, results);
    return results;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const native = this.#native;
    this.#native = null;
    await native?.release();
  }
}

function readMetadata(model: string, meta: InferenceSession.ValueMetadata): PortInfo {
  const type = meta.isTensor ? meta.type : "no tensor";
  if (!meta.isTensor || !(type in DTYPE_CODES)) {
    throw new AgentError("model.mismatch", `${model}: "${meta.name}" is ${type}; use float32, int64, int32, uint8 or bool`);
  }
  return describePort(meta.name, type as DType, meta.shape);
}

const toNative = ({ dtype, shape, data }: TensorData): Tensor => new Tensor(dtype, data as Float32Array, shape);

const nativeFeeds = (feeds: Readonly<Record<string, TensorData>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toNative(feed)]));

const fromNative = (tensor: Tensor, dtype: DType): TensorData => ({ dtype, shape: tensor.dims, data: tensor.data as TensorData["data"] });
