/** Reads an MCAP file at any place, by its index. */
import { closeSync, read } from "node:fs";
import { promisify } from "node:util";
import { McapIndexedReader } from "@mcap/core";
import { FileFault } from "../../core/file-fault.ts";
import { openPlainFile } from "../../core/plain-file.ts";
import { type Entry, FILE_BYTES_MAX } from "./read.ts";
import type { Zstd } from "./zstd.ts";

/** All of it on the robot's clock, by when we learnt of it. */
export interface IndexedFile {
  /** Of its last message. */
  readonly endNs: bigint;
  /** Ends included. Throws Error for what is damaged. */
  between(fromNs: bigint, toNs: bigint, topics: readonly string[]): AsyncGenerator<Entry, void>;
  /** The newest message of a topic at or before an instant, or null. Throws Error for what is damaged. */
  newest(topic: string, atNs: bigint): Promise<Entry | null>;
  close(): void;
}

const readBytes = promisify(read);

/** Throws the system's error, or a FileFault where there is no index. */
export async function openIndexed(path: string, zstd: Zstd): Promise<IndexedFile> {
  const { file, size } = openPlainFile(path, FILE_BYTES_MAX);
  const readable = {
    size: async () => BigInt(size),
    async read(offset: bigint, length: bigint): Promise<Uint8Array> {
      if (offset < 0n || offset + length > BigInt(size)) throw new Error(`its index points behind its end, at ${offset}`);
      const bytes = new Uint8Array(Number(length));
      const { bytesRead } = await readBytes(file, bytes, 0, bytes.length, Number(offset));
      if (bytesRead < bytes.length) throw new Error("it became shorter while it was read");
      return bytes;
    },
  };
  const reader = await McapIndexedReader.Initialize({ readable, decompressHandlers: { zstd: zstd.decompress } }).catch((cause) => {
    closeSync(file);
    throw new FileFault(`it has no index (${cause instanceof Error ? cause.message : cause}); "foresight recover ${path}" makes one`);
  });
  async function* entries(topics: readonly string[], startTime: bigint, endTime: bigint, reverse = false): AsyncGenerator<Entry, void> {
    for await (const { channelId, publishTime, logTime, data } of reader.readMessages({ topics, startTime, endTime, reverse })) {
      const channel = reader.channelsById.get(channelId);
      if (!channel) throw new Error(`a message on channel ${channelId}, which is not there`);
      const schema = reader.schemasById.get(channel.schemaId)?.name ?? "";
      yield { topic: channel.topic, schema, stampNs: BigInt.asIntN(64, publishTime), receivedNs: BigInt.asIntN(64, logTime), data };
    }
  }
  return {
    endNs: reader.statistics?.messageEndTime ?? 0n,
    between: (fromNs, toNs, topics) => entries(topics, fromNs, toNs),
    async newest(topic, atNs) {
      for await (const entry of entries([topic], 0n, atNs, true)) return entry;
      return null;
    },
    close: () => closeSync(file),
  };
}
