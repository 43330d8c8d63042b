/** What one encoding of sensor_msgs/Image means: how much data a picture has, and how its bytes become RGB. */

/** The bytes of a picture, rows of `step` bytes from the top; a row may be longer than its pixels need. */
export interface Raw {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly step: number;
  readonly data: Uint8Array;
  /** Of numbers longer than a byte. */
  readonly isBigEndian: boolean;
}

export interface PixelFormat {
  /** Bytes that a row of pixels needs. */
  rowBytes(widthPx: number): number;
  /** Rows of data that a picture has; more than its height where colour lies behind the brightness. */
  rowCount(heightPx: number): number;
  /** Fills `rgb`, shape (heightPx, widthPx, 3). */
  paint(raw: Raw, rgb: Uint8Array): void;
}

/** Pixels one behind the other: the channels that are red, green and blue, and how many there are, of a byte or of two (the high one is taken). */
export function packed(channels: readonly [number, number, number], count: number, bytes: 1 | 2): PixelFormat {
  return {
    rowBytes: (widthPx) => widthPx * count * bytes,
    rowCount: (heightPx) => heightPx,
    paint({ widthPx, heightPx, step, data, isBigEndian }, rgb) {
      const high = bytes === 2 && !isBigEndian ? 1 : 0;
      const [red, green, blue] = channels.map((channel) => channel * bytes + high) as [number, number, number];
      for (let row = 0, to = 0; row < heightPx; row++) {
        for (let column = 0, from = row * step; column < widthPx; column++, from += count * bytes) {
          rgb[to++] = data[from + red]!;
          rgb[to++] = data[from + green]!;
          rgb[to++] = data[from + blue]!;
        }
      }
    },
  };
}
