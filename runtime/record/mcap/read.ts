/** Reads an MCAP file from its beginning, message by message, as far as it goes: one that was cut off needs no index. */
import { closeSync, readSync } from "node:fs";
import { McapStreamReader } from "@mcap/core";
import { FileFault } from "../../core/file-fault.ts";
import { openPlainFile } from "../../core/plain-file.ts";
import type { Zstd } from "./zstd.ts";

export interface Entry {
  readonly topic: string;
  readonly schema: string;
  readonly stampNs: bigint;
  readonly receivedNs: bigint;
  readonly data: Uint8Array;
}

/** Bytes of one file; longer runs are split. */
export const FILE_BYTES_MAX = 4 * 2 ** 30;
const READ_BYTES = 2 ** 20;
/** Of one record, a chunk of messages among them: ours have a quarter of a megabyte and one message. */
const RECORD_BYTES_MAX = 64 * 2 ** 20;

/** Returns why the file is not whole, or null. Throws the system's error, or a FileFault for what is no MCAP file of ours at all. */
export function* entriesOf(path: string, zstd: Zstd): Generator<Entry, string | null> {
  const { file, size } = openPlainFile(path, FILE_BYTES_MAX);
  try {
    const reader = new McapStreamReader({ decompressHandlers: { zstd: zstd.decompress } });
    const topics = new Map<number, { readonly topic: string; readonly schema: string }>();
    const schemas = new Map<number, string>();
    const bytes = new Uint8Array(READ_BYTES);
    for (let read = readSync(file, bytes), at = 0; read > 0; at += read, read = readSync(file, bytes)) {
      if (at === 0) refuseOtherFormats(bytes.subarray(0, read));
      reader.append(bytes.subarray(0, read));
      try {
        for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
          if (record.type === "Schema") schemas.set(record.id, record.name);
          if (record.type === "Channel") topics.set(record.id, { topic: record.topic, schema: schemas.get(record.schemaId) ?? "" });
          if (record.type !== "Message") continue;
          const channel = topics.get(record.channelId);
          if (!channel) throw new Error(`a message on channel ${record.channelId}, which is not there`);
          const [stampNs, receivedNs] = [BigInt.asIntN(64, record.publishTime), BigInt.asIntN(64, record.logTime)];
          yield { ...channel, stampNs, receivedNs, data: record.data };
        }
        if (reader.bytesRemaining() > RECORD_BYTES_MAX) throw new Error(`a record has more than ${RECORD_BYTES_MAX} bytes`);
      } catch (error) {
        return `it is damaged within ${at + read} of ${size} bytes (${error instanceof Error ? error.message : String(error)})`;
      }
    }
    if (size === 0) throw new FileFault("it is empty");
    return reader.done() ? null : `it ends within a record, at ${size} bytes`;
  } finally {
    closeSync(file);
  }
}

/** Whether a file begins as one of these does, without reading on. Throws the system's error, or a FileFault. */
export function checkMcap(path: string): void {
  const { file } = openPlainFile(path, Number.MAX_SAFE_INTEGER);
  try {
    const bytes = new Uint8Array(16);
    refuseOtherFormats(bytes.subarray(0, readSync(file, bytes)));
  } finally {
    closeSync(file);
  }
}

const MAGIC = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);

function refuseOtherFormats(bytes: Uint8Array): void {
  if (MAGIC.every((byte, at) => bytes[at] === byte)) return;
  const isOld = Buffer.from(bytes.subarray(0, 16)).toString("latin1").startsWith('{"kind":"header"');
  throw new FileFault(
    isOld ? "it has the JSON lines of foresight before its recordings were MCAP, which are read no more" : "it is no MCAP file",
  );
}
