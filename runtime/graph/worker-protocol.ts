/** The messages between openSessionWorker and its worker thread. Each request has an id; each gets one reply with that id. */
import type { ErrorCode } from "../core/errors.ts";
import type { PortInfo } from "./port.ts";
import type { ProviderName } from "./provider.ts";
import type { SessionOptions } from "./session-types.ts";
import type { TensorData } from "./tensor-data.ts";

export type Request =
  | { readonly id: number; readonly kind: "open"; readonly bytes: Uint8Array; readonly options: SessionOptions }
  | { readonly id: number; readonly kind: "run"; readonly session: number; readonly feeds: Readonly<Record<string, TensorData>> }
  | { readonly id: number; readonly kind: "close"; readonly session: number }
  /** Nobody waits any more for the answer to the request of this id: it is not served unless that has begun. Not answered itself. */
  | { readonly id: number; readonly kind: "cancel" }
  | { readonly id: number; readonly kind: "end" };

export interface OpenedSession {
  readonly session: number;
  readonly provider: ProviderName;
  readonly fallbackReason: string | null;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: OpenedSession | Record<string, TensorData> | null }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode | null; readonly message: string };

/** What the worker is started with. */
export interface WorkerSetup {
  /** Shared flags, int32 each, at CLOSING and BUSY. */
  readonly flags: Int32Array;
}

/** Non-zero once the host is closing: queued requests are answered without running. */
export const CLOSING = 0;
/** Non-zero while the worker is inside ONNX Runtime. Ending the thread then aborts the whole process (onnxruntime-node 1.30 throws Napi::Error). */
export const BUSY = 1;
