/** Zstandard, which Node 20 lacks, as WebAssembly. */
import { compress, decompress, isLoaded } from "@foxglove/wasm-zstd";

export const COMPRESSION = "zstd";
/** The fastest: pictures are compressed already, the rest shrinks well at any level. */
const LEVEL = 1;
/** Uncompressed bytes of one chunk that are read; ours have a quarter of a megabyte and one message. */
const CHUNK_BYTES_MAX = 256 * 2 ** 20;

export interface Zstd {
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws Error for a chunk that is damaged or larger than anything that is read. */
  decompress(bytes: Uint8Array, size: bigint): Uint8Array;
}

export async function loadZstd(): Promise<Zstd> {
  await isLoaded;
  return {
    compress: (bytes) => new Uint8Array(compress(bytes, LEVEL)), // A copy: the library hands out its own memory.
    decompress(bytes, size) {
      if (size > CHUNK_BYTES_MAX) throw new Error(`a chunk of ${size} bytes, at most ${CHUNK_BYTES_MAX} are read`);
      return new Uint8Array(decompress(bytes, Number(size)));
    },
  };
}
