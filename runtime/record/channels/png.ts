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
/** Runs of one byte and Huffman's code alone; in another thread. */
const EFFORT = { level: 1, strategy: constants.Z_RLE, chunkSize: 2 ** 19 } as const;
const deflated = promisify<Uint8Array, { readonly level: number; readonly strategy: number; readonly chunkSize: number }, Buffer>(deflate);

/** 8 bits a channel, no transparency. */
export async function pngOf({ rgb, widthPx, heightPx }: Pick<Frame, "rgb" | "widthPx" | "heightPx">): Promise<Buffer> {
  const head = Buffer.alloc(13); // Compression, filter and interlace, its last three bytes, have one value that is usual: 0.
  head.writeUInt32BE(widthPx, 0);
  head.writeUInt32BE(heightPx, 4);
  head.set([BITS, RGB], 8);
  const pixels = await deflated(filtered(rgb, widthPx * CHANNELS, heightPx), EFFORT);
  return Buffer.concat([SIGNATURE, ...chunk("IHDR", head), ...chunk("IDAT", pixels), ...chunk("IEND", Buffer.alloc(0))]);
}

/** Rows, each with the number of its filter before it. */
function filtered(rgb: Uint8Array, rowBytes: number, rows: number): Uint8Array {
  const out = new Uint8Array((1 + rowBytes) * rows);
  for (let row = 0; row < rows; row++) {
    const [to, from] = [row * (1 + rowBytes) + 1, row * rowBytes];
    out[to - 1] = UP;
    if (row === 0)
      out.set(rgb.subarray(0, rowBytes), to); // Above the first row are zeros.
    else for (let at = 0; at < rowBytes; at++) out[to + at] = rgb[from + at]! - rgb[from - rowBytes + at]!;
  }
  return out;
}

function chunk(type: string, data: Buffer): readonly Buffer[] {
  const [length, crc, name] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.from(type, "latin1")];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(data, crc32(name)));
  return [length, name, data, crc];
}
