/** The lines of a recording, one after the other: of a plain file of bounded size, and none longer than a picture can be. */
import { closeSync, readSync } from "node:fs";
import { FileFault } from "../core/file-fault.ts";
import { openPlainFile } from "../core/plain-file.ts";

/** Bytes of one recording; a realtime run with two 64x64 cameras at 20 Hz writes 0.7 MB/s. */
export const RECORDING_BYTES_MAX = 2 ** 30;
/** A picture of 1024 x 1024 pixels in base64 has half as many. */
const LINE_BYTES_MAX = 8 * 2 ** 20;
const CHUNK_BYTES = 2 ** 20;
const NEWLINE = 10;

/** Throws the system's error, or a FileFault. */
export function* linesOf(path: string): Generator<string, void> {
  const { file } = openPlainFile(path, RECORDING_BYTES_MAX + LINE_BYTES_MAX); // The last line may reach over the bound.
  try {
    let rest = Buffer.alloc(0);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      let bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
        yield textOf(bytes.subarray(0, end));
        bytes = bytes.subarray(end + 1);
      }
      if (bytes.length > LINE_BYTES_MAX) throw new FileFault(`it is longer than ${LINE_BYTES_MAX} bytes`);
      rest = bytes;
    }
    if (rest.length > 0) yield textOf(rest);
  } finally {
    closeSync(file);
  }
}

const textOf = (line: Buffer): string => line.toString("utf8").replace(/\r$/, "");
