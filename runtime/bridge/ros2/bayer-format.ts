/** One colour a pixel under a mosaic of filters (Bayer): the other two are the mean of the nearest pixels that have them. */
import type { PixelFormat } from "./pixel-format.ts";

/** The colours of the upper left four pixels, row by row, such as "rggb"; of a byte or of two (the high one is taken). */
export function bayer(pattern: string, bytes: 1 | 2): PixelFormat {
  const channels = [...pattern].map((colour) => "rgb".indexOf(colour));
  return {
    rowBytes: (widthPx) => widthPx * bytes,
    rowCount: (heightPx) => heightPx,
    paint({ widthPx, heightPx, step, data, isBigEndian }, rgb) {
      const high = bytes === 2 && !isBigEndian ? 1 : 0;
      const sums = [0, 0, 0];
      const counts = [0, 0, 0];
      for (let row = 0, to = 0; row < heightPx; row++) {
        for (let column = 0; column < widthPx; column++, to += 3) {
          sums.fill(0);
          counts.fill(0);
          for (let y = Math.max(0, row - 1); y <= Math.min(heightPx - 1, row + 1); y++) {
            for (let x = Math.max(0, column - 1); x <= Math.min(widthPx - 1, column + 1); x++) {
              const channel = channels[(y % 2) * 2 + (x % 2)]!;
              sums[channel]! += data[y * step + x * bytes + high]!;
              counts[channel]!++;
            }
          }
          for (let channel = 0; channel < 3; channel++) rgb[to + channel] = Math.round(sums[channel]! / Math.max(1, counts[channel]!));
          rgb[to + channels[(row % 2) * 2 + (column % 2)]!] = data[row * step + column * bytes + high]!;
        }
      }
    },
  };
}
