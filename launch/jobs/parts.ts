/** Bytes on their way from workers to whoever waits for them: parts by their hash in a bucket of the job server, so that nobody needs a store beside it. */
import type { KV } from "@nats-io/kv";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
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
        throw new AgentError("data.corrupt", `jobs: ${name} on the server has ${bytes.length} bytes, at most ${bytesMax} are expected`);
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
