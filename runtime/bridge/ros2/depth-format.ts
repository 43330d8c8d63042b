/** Distances as a picture: the near end of a range white, the far end black, and so is what the camera could not measure. */
import type { PixelFormat } from "./pixel-format.ts";

/** Metres; near below far. */
export type DepthRange = readonly [nearM: number, farM: number];

/** 16UC1 holds millimetres (REP 118), 32FC1 metres; 0, NaN and infinity are no measurement. */
export function depth(bytes: 2 | 4, [nearM, farM]: DepthRange): PixelFormat {
  return {
    rowBytes: (widthPx) => widthPx * bytes,
    rowCount: (heightPx) => heightPx,
    paint({ widthPx, heightPx, step, data, isBigEndian }, rgb) {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      for (let row = 0, to = 0; row < heightPx; row++) {
        for (let column = 0; column < widthPx; column++, to += 3) {
          const at = row * step + column * bytes;
          const distanceM = bytes === 2 ? view.getUint16(at, !isBigEndian) / 1000 : view.getFloat32(at, !isBigEndian);
          const share = distanceM > 0 && Number.isFinite(distanceM) ? (farM - distanceM) / (farM - nearM) : 0;
          rgb.fill(Math.round(255 * Math.max(0, Math.min(1, share))), to, to + 3);
        }
      }
    },
  };
}
