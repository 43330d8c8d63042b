/** One MCAP file that is written: whole after every chunk, indexed at its end. On a disk that is full what was written before stays readable. */
import { closeSync, fdatasync, fstatSync, ftruncateSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { McapConstants, McapRecordBuilder, type McapTypes } from "@mcap/core";
import type { Chunk } from "./chunk.ts";
import type { Layout } from "./layout.ts";
import { LIBRARY } from "./library.ts";

export interface McapFile {
  readonly bytes: number;
  readonly messages: number;
  /** Messages on one channel. */
  countOf(channelId: number): number;
  /** Throws the system's error; the file then ends behind the chunk before. */
  write(chunk: Chunk): void;
  /** Onto the disk itself, in time; for a power cut. */
  sync(onError: (error: Error) => void): void;
  /** Index and footer. Throws as `write`. */
  end(): void;
  close(): void;
}

/** Takes the descriptor of an empty file. Throws the system's error. */
export function createMcapFile(fd: number, layout: Layout): McapFile {
  const chunkIndexes: McapTypes.ChunkIndex[] = [];
  const counts = new Map<number, bigint>();
  let bytes = 0;
  let crc = 0;
  let isSyncing = false;
  /** Whole or not at all. */
  const append = (record: Uint8Array): void => {
    try {
      for (let at = 0; at < record.length; ) at += writeSync(fd, record, at, record.length - at, bytes + at);
    } catch (error) {
      ftruncateSync(fd, bytes);
      throw error;
    }
    bytes += record.length;
    crc = crc32(record, crc);
  };
  append(beginningOf(layout));
  return {
    get bytes() {
      return bytes;
    },
    get messages() {
      return Number([...counts.values()].reduce((sum, count) => sum + count, 0n));
    },
    countOf: (channelId) => Number(counts.get(channelId) ?? 0n),
    write({ chunk, indexes }) {
      const records = new McapRecordBuilder();
      const chunkLength = records.writeChunk(chunk);
      const start = BigInt(bytes);
      const offsets = new Map<number, bigint>();
      for (const index of indexes) {
        offsets.set(index.channelId, start + BigInt(records.length));
        records.writeMessageIndex(index);
      }
      append(records.buffer);
      for (const { channelId, records } of indexes) counts.set(channelId, (counts.get(channelId) ?? 0n) + BigInt(records.length));
      const { messageStartTime, messageEndTime, compression, uncompressedSize } = chunk;
      chunkIndexes.push({
        ...{ messageStartTime, messageEndTime, compression, uncompressedSize },
        chunkStartOffset: start,
        chunkLength,
        messageIndexOffsets: offsets,
        messageIndexLength: BigInt(records.length) - chunkLength,
        compressedSize: BigInt(chunk.records.byteLength),
      });
    },
    sync(onError) {
      if (isSyncing) return;
      isSyncing = true;
      fdatasync(fd, (error) => {
        isSyncing = false;
        if (error && error.code !== "EBADF") onError(error); // It may have been closed meanwhile.
      });
    },
    end() {
      const last = dataEnd(crc);
      append(Buffer.concat([last, summaryOf(layout, chunkIndexes, counts, BigInt(bytes + last.length))]));
    },
    close: () => closeSync(fd),
  };
}

/** What a path is checked with later: is it still the file that was written? */
export const identityOf = (fd: number) => {
  const { ino, dev } = fstatSync(fd, { bigint: true });
  return { ino, dev };
};

function beginningOf({ schemas, channels }: Layout): Uint8Array {
  const records = new McapRecordBuilder();
  records.writeMagic();
  records.writeHeader({ profile: "", library: LIBRARY });
  for (const schema of schemas) records.writeSchema(schema);
  for (const channel of channels) records.writeChannel(channel);
  return records.buffer;
}

function dataEnd(dataSectionCrc: number): Uint8Array {
  const records = new McapRecordBuilder();
  records.writeDataEnd({ dataSectionCrc });
  return records.buffer;
}

function summaryOf(
  { schemas, channels }: Layout,
  chunks: readonly McapTypes.ChunkIndex[],
  counts: ReadonlyMap<number, bigint>,
  start: bigint,
): Uint8Array {
  const records = new McapRecordBuilder();
  const groups: McapTypes.SummaryOffset[] = [];
  const group = (groupOpcode: number, write: () => void): void => {
    const before = records.length;
    write();
    if (records.length > before)
      groups.push({ groupOpcode, groupStart: start + BigInt(before), groupLength: BigInt(records.length - before) });
  };
  const { Opcode } = McapConstants;
  group(Opcode.SCHEMA, () => schemas.map((schema) => records.writeSchema(schema)));
  group(Opcode.CHANNEL, () => channels.map((channel) => records.writeChannel(channel)));
  group(Opcode.STATISTICS, () =>
    records.writeStatistics({
      messageCount: [...counts.values()].reduce((sum, count) => sum + count, 0n),
      schemaCount: schemas.length,
      channelCount: channels.length,
      attachmentCount: 0,
      metadataCount: 0,
      chunkCount: chunks.length,
      messageStartTime: sorted(chunks.map(({ messageStartTime }) => messageStartTime))[0] ?? 0n,
      messageEndTime: sorted(chunks.map(({ messageEndTime }) => messageEndTime)).at(-1) ?? 0n,
      channelMessageCounts: new Map(counts),
    }),
  );
  group(Opcode.CHUNK_INDEX, () => chunks.map((chunk) => records.writeChunkIndex(chunk)));
  const summaryOffsetStart = start + BigInt(records.length);
  for (const each of groups) records.writeSummaryOffset(each);
  const footer = { summaryStart: start, summaryOffsetStart, summaryCrc: 0 };
  records.writeFooter({ ...footer, summaryCrc: crc32(footerHead(footer), crc32(records.buffer)) });
  records.writeMagic();
  return records.buffer;
}

const sorted = (values: readonly bigint[]): readonly bigint[] => [...values].sort((a, b) => Number(a - b));

/** The part of the footer that its own checksum covers. */
function footerHead({ summaryStart, summaryOffsetStart }: McapTypes.Footer): Uint8Array {
  const head = new DataView(new ArrayBuffer(1 + 8 + 8 + 8));
  head.setUint8(0, McapConstants.Opcode.FOOTER);
  head.setBigUint64(1, 20n, true);
  head.setBigUint64(9, summaryStart, true);
  head.setBigUint64(17, summaryOffsetStart, true);
  return new Uint8Array(head.buffer);
}
