/** Averages samples into pixels (box filter). */
import type { Raster } from "./raster.ts";

/** Writes RGB bytes of shape (heightPx, widthPx, 3), rounded; each pixel is the mean of supersample x supersample samples. */
export function averagePixels(raster: Raster, supersample: number, out: Uint8Array): void {
  if (supersample === 2) averageFour(raster, out);
  else averageAny(raster, supersample, out);
}

/** The default grid, written out because it runs for every frame. */
function averageFour(raster: Raster, out: Uint8Array): void {
  const { width, height, colour } = raster;
  const stride = width * 3;
  let o = 0;
  for (let row = 0; row < height; row += 2) {
    let i = row * stride;
    for (let column = 0; column < width; column += 2, i += 6, o += 3) {
      const j = i + stride;
      out[o] = toByte((colour[i]! + colour[i + 3]! + colour[j]! + colour[j + 3]!) * 0.25);
      out[o + 1] = toByte((colour[i + 1]! + colour[i + 4]! + colour[j + 1]! + colour[j + 4]!) * 0.25);
      out[o + 2] = toByte((colour[i + 2]! + colour[i + 5]! + colour[j + 2]! + colour[j + 5]!) * 0.25);
    }
  }
}

function averageAny(raster: Raster, supersample: number, out: Uint8Array): void {
  const { width, height, colour } = raster;
  const share = 1 / supersample ** 2;
  const skip = (width - supersample) * 3;
  let o = 0;
  for (let row = 0; row < height; row += supersample) {
    for (let column = 0; column < width; column += supersample, o += 3) {
      let r = 0;
      let g = 0;
      let b = 0;
      let i = (row * width + column) * 3;
      for (let y = 0; y < supersample; y++, i += skip) {
        for (let x = 0; x < supersample; x++, i += 3) {
          r += colour[i]!;
          g += colour[i + 1]!;
          b += colour[i + 2]!;
        }
      }
      out[o] = toByte(r * share);
      out[o + 1] = toByte(g * share);
      out[o + 2] = toByte(b * share);
    }
  }
}

const toByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5);
