/** Bytes on their way from workers to whoever waits for them: parts by their hash in a bucket of the job server, so that nobody needs a store beside it. */
import type { KV } from "@nats-io/kv";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { partName } from "../store/item.ts";
import type { Store } from "../store/store.ts";
import { answered } from "./connect.ts";

/** A message holds a megabyte as servers come, its head included. */
export const TRAVELLING_BYTES = 512 * 1024;

export interface PartStore extends Store {
  remove(name: string, signal: AbortSignal): Promise<void>;
}

export interface PartIo {
  readonly clock: Clock;
  readonly isClosed: () => boolean;
}

/** A server that is started again has everything; until then it is asked again. */
const RETRY_MS = 1000;
const TRIES_MAX = 120;

/** Its promises reject with AgentError `bridge.failed` when the server stays away, `data.corrupt` for more bytes than are expected, and the signal's reason. */
export function partStore(bucket: KV, { clock, isClosed }: PartIo): PartStore {
  const insist = async <T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      try {
        return await answered("bytes can be neither sent nor fetched", ask());
      } catch (error) {
        if (tries >= TRIES_MAX || isClosed()) throw error;
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };
  const found = async (name: string, signal: AbortSignal): Promise<Uint8Array | null> => {
    const entry = await insist(() => bucket.get(name), signal);
    return entry?.operation === "PUT" ? entry.value : null;
  };
  return {
    has: async (name, signal) => (await found(name, signal)) !== null,
    async get(name, bytesMax, signal) {
      const bytes = await found(name, signal);
      if (bytes && bytes.length > bytesMax)
        throw new AgentError(
          "data.corrupt",
          `jobs: ${name} on the server has ${bytes.length} bytes, at most ${bytesMax} are expected; give the command again under another store of the server`,
        );
      return bytes;
    },
    async add(name, bytes, signal) {
      if (await found(name, signal)) return false;
      await insist(() => bucket.put(name, bytes), signal); // Its name is its hash: whoever else sends it sends the same.
      return true;
    },
    remove: (name, signal) => insist(() => bucket.purge(name), signal),
  };
}

/** Sends bytes in parts; returns the hash of each, by which `fetchBytes` has them. Rejects as the store does. */
export async function sendBytes(store: PartStore, bytes: Uint8Array, signal: AbortSignal): Promise<readonly string[]> {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += TRAVELLING_BYTES) {
    const part = bytes.subarray(at, at + TRAVELLING_BYTES);
    parts.push(sha256(part));
    await store.add(partName(sha256(part)), part, signal);
  }
  return parts;
}

/** Rejects as the store does, and with `data.missing` where a part is not there or is not what its name says. */
export async function fetchBytes(store: PartStore, parts: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for (const hash of parts) {
    const part = await store.get(partName(hash), TRAVELLING_BYTES, signal);
    if (!part || sha256(part) !== hash)
      throw new AgentError(
        "data.missing",
        `jobs: the server lacks a part of what the job is about (${hash.slice(0, 12)}); give the command again`,
      );
    found.push(part);
  }
  return Buffer.concat(found);
}
