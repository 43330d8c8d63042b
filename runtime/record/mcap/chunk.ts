/** Messages become chunks: small ones, since what is not yet a whole chunk is what a crash loses. */
import { crc32 } from "node:zlib";
import { McapChunkBuilder, type McapTypes } from "@mcap/core";
import { COMPRESSION, type Zstd } from "./zstd.ts";

/** A message with its topic's number and its bytes. */
export interface ChunkMessage {
  readonly channelId: number;
  readonly stampNs: bigint;
  readonly receivedNs: bigint;
  readonly data: Uint8Array;
}

/** Whole and compressed: goes into any number of files. */
export interface Chunk {
  readonly chunk: McapTypes.Chunk;
  readonly indexes: readonly McapTypes.MessageIndex[];
  readonly messages: number;
}

/** Uncompressed bytes after which a chunk is closed. */
const CHUNK_BYTES = 256 * 1024;

export interface Chunker {
  /** The chunk that this message filled, or null. */
  add(message: ChunkMessage): Chunk | null;
  /** What is begun; null when there is nothing. */
  flush(): Chunk | null;
}

/** `sequence` numbers the messages of a run, over all its files: readers that sort by time keep the order of those of one instant. */
export function createChunker(zstd: Zstd): Chunker {
  const builder = new McapChunkBuilder({});
  let sequence = 0;
  const flush = (): Chunk | null => {
    if (builder.numMessages === 0) return null;
    const bytes = builder.buffer;
    const chunk = {
      messageStartTime: builder.messageStartTime,
      messageEndTime: builder.messageEndTime,
      uncompressedSize: BigInt(bytes.length),
      uncompressedCrc: crc32(bytes),
      compression: COMPRESSION,
      records: zstd.compress(bytes),
    };
    const indexes = Array.from(builder.indices, ({ channelId, records }) => ({ channelId, records: [...records] })).filter(
      ({ records }) => records.length > 0,
    );
    const messages = builder.numMessages;
    builder.reset();
    return { chunk, indexes, messages };
  };
  return {
    add({ channelId, stampNs, receivedNs, data }) {
      const [logTime, publishTime] = [BigInt.asUintN(64, receivedNs), BigInt.asUintN(64, stampNs)];
      builder.addMessage({ channelId, sequence: sequence++ % 2 ** 32, logTime, publishTime, data });
      return builder.byteLength >= CHUNK_BYTES ? flush() : null;
    },
    flush,
  };
}
