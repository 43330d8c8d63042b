/** sensor_msgs/Image to RGB, and a picture of any size to the size and shape that the model was trained with. */
import { bayer } from "./bayer-format.ts";
import { type DepthRange, depth } from "./depth-format.ts";
import type { ImageMsg } from "./messages.ts";
import { type PixelFormat, packed } from "./pixel-format.ts";
import { semiPlanar, yuv422 } from "./yuv-formats.ts";

/** RGB, row-major, 3 bytes a pixel. */
export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
}

export type PictureReading =
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "unreadable"; readonly why: string };

/** As sensor_msgs/image_encodings.hpp and v4l2 call them. OpenCV's own names do not say which colour is first; cv_bridge takes them for BGR. */
const FORMATS: Readonly<Record<string, PixelFormat>> = {
  rgb8: packed([0, 1, 2], 3, 1),
  bgr8: packed([2, 1, 0], 3, 1),
  rgba8: packed([0, 1, 2], 4, 1),
  bgra8: packed([2, 1, 0], 4, 1),
  mono8: packed([0, 0, 0], 1, 1),
  rgb16: packed([0, 1, 2], 3, 2),
  bgr16: packed([2, 1, 0], 3, 2),
  rgba16: packed([0, 1, 2], 4, 2),
  bgra16: packed([2, 1, 0], 4, 2),
  mono16: packed([0, 0, 0], 1, 2),
  "8UC1": packed([0, 0, 0], 1, 1),
  "8UC3": packed([2, 1, 0], 3, 1),
  "8UC4": packed([2, 1, 0], 4, 1),
  yuv422: yuv422([1, 3, 0, 2]),
  uyvy: yuv422([1, 3, 0, 2]),
  yuv422_yuy2: yuv422([0, 2, 1, 3]),
  yuyv: yuv422([0, 2, 1, 3]),
  nv12: semiPlanar(2, "CbCr"),
  nv21: semiPlanar(2, "CrCb"),
  nv24: semiPlanar(1, "CbCr"),
  ...Object.fromEntries(
    ["rggb", "bggr", "gbrg", "grbg"].flatMap((pattern) => [
      [`bayer_${pattern}8`, bayer(pattern, 1)],
      [`bayer_${pattern}16`, bayer(pattern, 2)],
    ]),
  ),
};
const DEPTH_BYTES: Readonly<Record<string, 2 | 4>> = { "16UC1": 2, "32FC1": 4 };
const PX_MAX = 8192;

/** Rows may be padded; alpha is dropped; grey becomes three equal channels. Distances need the range that black and white stand for. */
export function readImage(parts: ImageParts, depthM: DepthRange | null = null): PictureReading {
  const { encoding, widthPx, heightPx, step, data, isBigEndian = false } = parts;
  const unreadable = (why: string): PictureReading => ({ kind: "unreadable", why });
  const format = formatOf(encoding, depthM);
  if (typeof format === "string") return unreadable(format);
  if (!(widthPx > 0 && heightPx > 0 && widthPx <= PX_MAX && heightPx <= PX_MAX))
    return unreadable(`size ${widthPx} x ${heightPx} px must be 1 to ${PX_MAX} px each`);
  if (step < format.rowBytes(widthPx)) return unreadable(`rows of ${step} bytes are too short for ${widthPx} px of ${encoding}`);
  const rowCount = format.rowCount(heightPx);
  if (data.length < step * rowCount) return unreadable(`${data.length} bytes are fewer than ${rowCount} rows of ${step} bytes`);
  if (encoding === "rgb8" && step === widthPx * 3)
    return { kind: "picture", picture: { widthPx, heightPx, rgb: data.slice(0, step * heightPx) } };
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  format.paint({ widthPx, heightPx, step, data, isBigEndian }, rgb);
  return { kind: "picture", picture: { widthPx, heightPx, rgb } };
}

/** The format, or why there is none. */
function formatOf(encoding: string, depthM: DepthRange | null): PixelFormat | string {
  const bytes = Object.hasOwn(DEPTH_BYTES, encoding) ? DEPTH_BYTES[encoding] : undefined;
  if (bytes !== undefined && depthM) return depth(bytes, depthM);
  if (bytes !== undefined)
    return `encoding "${encoding}" holds distances, no colours; choose the camera's colour topic, or give depthM: [near, far] in metres to take them as a picture`;
  const format = Object.hasOwn(FORMATS, encoding) ? FORMATS[encoding] : undefined;
  return format ?? `encoding "${encoding}" must be one of ${[...Object.keys(FORMATS), ...Object.keys(DEPTH_BYTES)].join(", ")}`;
}

export type ImageParts = Omit<Picture, "rgb"> & Pick<ImageMsg, "encoding" | "step" | "data"> & { readonly isBigEndian?: boolean };

export const imageParts = ({ width, height, encoding, is_bigendian, step, data }: ImageMsg): ImageParts => ({
  widthPx: width,
  heightPx: height,
  encoding,
  step,
  data,
  isBigEndian: is_bigendian !== 0,
});

/** Part of a picture, pixels. */
export interface Crop {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The largest part in the middle that has the shape of the wanted size. */
export function middleCrop(picture: Omit<Picture, "rgb">, wanted: Omit<Picture, "rgb">): Crop {
  const scale = Math.min(picture.widthPx / wanted.widthPx, picture.heightPx / wanted.heightPx);
  const widthPx = Math.max(1, Math.min(picture.widthPx, Math.round(wanted.widthPx * scale)));
  const heightPx = Math.max(1, Math.min(picture.heightPx, Math.round(wanted.heightPx * scale)));
  return { leftPx: (picture.widthPx - widthPx) >> 1, topPx: (picture.heightPx - heightPx) >> 1, widthPx, heightPx };
}

/** Cuts out the middle part of the wanted shape and averages it down (or repeats it up) to the wanted size. The same picture when it fits. */
export function fitPicture(picture: Picture, wanted: Omit<Picture, "rgb">): Picture {
  if (picture.widthPx === wanted.widthPx && picture.heightPx === wanted.heightPx) return picture;
  const crop = middleCrop(picture, wanted);
  const rgb = new Uint8Array(wanted.widthPx * wanted.heightPx * 3);
  const columns = spans(crop.widthPx, wanted.widthPx);
  const rows = spans(crop.heightPx, wanted.heightPx);
  let to = 0;
  for (const [top, bottom] of rows) {
    for (const [left, right] of columns) {
      averageInto(rgb, to, picture, crop.leftPx + left, crop.leftPx + right, crop.topPx + top, crop.topPx + bottom);
      to += 3;
    }
  }
  return { ...wanted, rgb };
}

/** First and one past the last source index of each target index; at least one each. */
function spans(sourceCount: number, targetCount: number): readonly (readonly [number, number])[] {
  return Array.from({ length: targetCount }, (_, index) => {
    const begin = Math.floor((index * sourceCount) / targetCount);
    return [begin, Math.max(begin + 1, Math.floor(((index + 1) * sourceCount) / targetCount))];
  });
}

function averageInto(rgb: Uint8Array, to: number, picture: Picture, left: number, right: number, top: number, bottom: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let row = top; row < bottom; row++) {
    for (let from = (row * picture.widthPx + left) * 3, end = (row * picture.widthPx + right) * 3; from < end; from += 3) {
      red += picture.rgb[from]!;
      green += picture.rgb[from + 1]!;
      blue += picture.rgb[from + 2]!;
    }
  }
  const count = (right - left) * (bottom - top);
  rgb[to] = Math.round(red / count);
  rgb[to + 1] = Math.round(green / count);
  rgb[to + 2] = Math.round(blue / count);
}
