/** A place for bytes by name, where nothing is ever replaced: a folder, or a bucket of an S3-compatible store. */
export interface Store {
  has(name: string, signal: AbortSignal): Promise<boolean>;
  /** Null where there is none. Throws AgentError `data.corrupt` for more bytes than are expected. */
  get(name: string, bytesMax: number, signal: AbortSignal): Promise<Uint8Array | null>;
  /** False where there is one of that name already, which stays. */
  add(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<boolean>;
}

/** What things in a store are called: one word, so that no name is a path. */
export const STORE_NAME = /^[a-z0-9][\w.-]{0,199}$/i;
