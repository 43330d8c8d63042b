/** Brightness and colour apart (YCbCr of BT.601, 16 to 235, as webcams and OpenCV have it): two pixels share a colour, or four. */
import type { PixelFormat } from "./pixel-format.ts";

/** Two pixels in four bytes: where the first brightness, the second, Cb and Cr are. A last column without partner has its own four bytes. */
export function yuv422([first, second, cb, cr]: readonly [number, number, number, number]): PixelFormat {
  return {
    rowBytes: (widthPx) => 4 * Math.ceil(widthPx / 2),
    rowCount: (heightPx) => heightPx,
    paint({ widthPx, heightPx, step, data }, rgb) {
      for (let row = 0, to = 0; row < heightPx; row++) {
        for (let column = 0; column < widthPx; column++, to += 3) {
          const from = row * step + 4 * (column >> 1);
          put(rgb, to, data[from + (column % 2 === 0 ? first : second)]!, data[from + cb]!, data[from + cr]!);
        }
      }
    },
  };
}

/** All brightness, behind it pairs of colour: one pair for `share` x `share` pixels, Cb first or Cr first. */
export function semiPlanar(share: 1 | 2, order: "CbCr" | "CrCb"): PixelFormat {
  const [cb, cr] = order === "CbCr" ? [0, 1] : [1, 0];
  const pairs = (count: number): number => Math.ceil(count / share);
  const pairRows = (heightPx: number): number => pairs(heightPx) * (share === 1 ? 2 : 1); // A full row of pairs is as long as two rows.
  return {
    rowBytes: (widthPx) => (share === 1 ? widthPx : 2 * pairs(widthPx)),
    rowCount: (heightPx) => heightPx + pairRows(heightPx),
    paint({ widthPx, heightPx, step, data }, rgb) {
      const colour = heightPx * step;
      const stride = share === 1 ? 2 * step : step;
      for (let row = 0, to = 0; row < heightPx; row++) {
        for (let column = 0; column < widthPx; column++, to += 3) {
          const from = colour + Math.floor(row / share) * stride + 2 * Math.floor(column / share);
          put(rgb, to, data[row * step + column]!, data[from + cb]!, data[from + cr]!);
        }
      }
    },
  };
}

function put(rgb: Uint8Array, to: number, y: number, cb: number, cr: number): void {
  const [grey, u, v] = [1.164383 * Math.max(0, y - 16), cb - 128, cr - 128];
  rgb[to] = byte(grey + 1.596027 * v);
  rgb[to + 1] = byte(grey - 0.391762 * u - 0.812968 * v);
  rgb[to + 2] = byte(grey + 2.017232 * u);
}

const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
