/** Pixels as PNG, for who has thirty of them a second to write: every pixel is kept, and no time is spent on a search for what a camera's noise never repeats. */
import { promisify } from "node:util";
import { constants, crc32, deflate } from "node:zlib";
import type { Frame } from "../../core/sensing.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHANNELS = 3;
const BITS = 8;
const RGB = 2;
/** Each byte less the one above it: what is left of a picture is small numbers, which Huffman's code makes short. */
const UP = 2;
/** Huffman's code alone, in another thread; with runs of one byte where a picture has them, which takes half as long again. */
const EFFORT = { level: 1, strategy: constants.Z_HUFFMAN_ONLY, chunkSize: 2 ** 20 } as const;
const EFFORT_FOR_RUNS = { ...EFFORT, strategy: constants.Z_RLE } as const;
/** A picture of which more words than this share are those above them has runs. */
const SAME_SHARE = 0.3;
const deflated = promisify<Uint8Array, { readonly level: number; readonly strategy: number; readonly chunkSize: number }, Buffer>(deflate);

/** 8 bits a channel, no transparency. */
export async function pngOf({ rgb, widthPx, heightPx }: Pick<Frame, "rgb" | "widthPx" | "heightPx">): Promise<Buffer> {
  const head = Buffer.alloc(13); // Compression, filter and interlace, its last three bytes, have one value that is usual: 0.
  head.writeUInt32BE(widthPx, 0);
  head.writeUInt32BE(heightPx, 4);
  head.set([BITS, RGB], 8);
  const { rows, hasRuns } = filtered(rgb, widthPx * CHANNELS, heightPx);
  const pixels = await deflated(rows, hasRuns ? EFFORT_FOR_RUNS : EFFORT);
  return Buffer.concat([SIGNATURE, ...chunk("IHDR", head), ...chunk("IDAT", pixels), ...chunk("IEND", Buffer.alloc(0))]);
}

/** Rows, each with the number of its filter before it; above the first row are zeros. */
function filtered(rgb: Uint8Array, rowBytes: number, rows: number): { readonly rows: Uint8Array; readonly hasRuns: boolean } {
  const { apart, same } = difference(rgb.subarray(rowBytes, rowBytes * rows), rgb);
  const out = new Uint8Array((1 + rowBytes) * rows);
  for (let row = 0; row < rows; row++) {
    const to = row * (1 + rowBytes) + 1;
    out[to - 1] = UP;
    out.set(row === 0 ? rgb.subarray(0, rowBytes) : apart.subarray((row - 1) * rowBytes, row * rowBytes), to);
  }
  return { rows: out, hasRuns: same > (SAME_SHARE * rgb.length) / 4 };
}

const HIGH = 0x80808080 | 0;

/** Each byte of `a` less the one of `b` at its place, modulo 256; four at a time, and how many fours are the same. */
function difference(a: Uint8Array, b: Uint8Array): { readonly apart: Uint8Array; readonly same: number } {
  const out = new Uint8Array(Math.ceil(a.length / 4) * 4);
  const words = new Int32Array(out.buffer);
  const [left, right] = [wordsOf(a), wordsOf(b)];
  let same = 0;
  for (let at = 0; at < words.length; at++) {
    const x = left[at]!;
    const y = right[at]!;
    if (x === y) same++;
    words[at] = ((x | HIGH) - (y & ~HIGH)) ^ ((x ^ ~y) & HIGH); // No borrow leaves a byte whose highest bit is set; that bit is put right after.
  }
  return { apart: out, same };
}

/** Words need a start that four divides, and so does their end. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const count = Math.ceil(bytes.length / 4);
  if (bytes.byteOffset % 4 === 0 && bytes.byteOffset + 4 * count <= bytes.buffer.byteLength)
    return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  const padded = new Uint8Array(4 * count);
  padded.set(bytes);
  return new Int32Array(padded.buffer);
}

function chunk(type: string, data: Buffer): readonly Buffer[] {
  const [length, crc, name] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.from(type, "latin1")];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(data, crc32(name)));
  return [length, name, data, crc];
}
