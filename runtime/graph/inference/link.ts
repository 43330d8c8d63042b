/** What is asked of an inference server, whatever it is spoken to by. */
import type { PortInfo } from "../port.ts";
import type { TensorData } from "../tensor-data.ts";

export interface InferenceLink extends AsyncDisposable {
  /** The server has this model and can run it. */
  isReady(model: string, signal: AbortSignal): Promise<boolean>;
  describe(model: string, signal: AbortSignal): Promise<{ readonly inputs: readonly PortInfo[]; readonly outputs: readonly PortInfo[] }>;
  /** Hands the model over (model repository extension of the protocol). */
  load(model: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  infer(
    model: string,
    feeds: Readonly<Record<string, TensorData>>,
    outputs: readonly string[],
    signal: AbortSignal,
  ): Promise<Record<string, TensorData>>;
}

/** How to reach a server and how to show it who we are. */
export interface ServerAccess {
  /** http, https, grpc or grpcs. */
  readonly url: string;
  /** Sent as a bearer; never told in a message. */
  readonly token?: string | undefined;
  /** PEM. */
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/**
 * Every method of a link throws this, or the signal's reason. `unreachable` and `busy` may be over in a moment, `refused` says the same the next time: a server's 500 is one of
 * those, since real ones answer a wrong shape with it.
 */
export class LinkError extends Error {
  readonly kind: "unreachable" | "busy" | "refused";

  constructor(kind: LinkError["kind"], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "LinkError";
    this.kind = kind;
  }
}

/** By what a model is known to servers: half of its hash, since servers make paths of it (with all of it Triton's Python backend has one too long for a socket). */
export const modelNameOf = (modelHash: string): string => `foresight-${modelHash.slice(0, NAMING_DIGITS)}`;

export const NAMING_DIGITS = 32;

/** Of an answer: a plan is some kilobytes. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** The one file that a model of ours is, in the words of the model repository extension. */
export const MODEL_FILE = "file:1/model.onnx";
/** How servers that can run ONNX files are asked to. */
export const MODEL_CONFIG = JSON.stringify({ backend: "onnxruntime", max_batch_size: 0 });
