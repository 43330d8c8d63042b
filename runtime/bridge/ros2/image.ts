/** sensor_msgs/Image to RGB, and a picture of any size to the size and shape that the model was trained with. */
import type { ImageMsg } from "./messages.ts";

/** RGB, row-major, 3 bytes a pixel. */
export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
}

export type PictureReading =
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "unreadable"; readonly why: string };

/** Offsets of red, green and blue in a pixel, and its bytes. */
const ENCODINGS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  rgb8: [0, 1, 2, 3],
  bgr8: [2, 1, 0, 3],
  rgba8: [0, 1, 2, 4],
  bgra8: [2, 1, 0, 4],
  mono8: [0, 0, 0, 1],
};
const PX_MAX = 8192;

/** Rows may be padded; alpha is dropped; grey becomes three equal channels. */
export function readImage({ encoding, widthPx, heightPx, step, data }: ImageParts): PictureReading {
  const unreadable = (why: string): PictureReading => ({ kind: "unreadable", why });
  const layout = ENCODINGS[encoding];
  if (!layout) return unreadable(`encoding "${encoding}" must be one of ${Object.keys(ENCODINGS).join(", ")}`);
  if (!(widthPx > 0 && heightPx > 0 && widthPx <= PX_MAX && heightPx <= PX_MAX))
    return unreadable(`size ${widthPx} x ${heightPx} px must be 1 to ${PX_MAX} px each`);
  const [red, green, blue, bytes] = layout;
  if (step < widthPx * bytes) return unreadable(`rows of ${step} bytes are too short for ${widthPx} px of ${encoding}`);
  if (data.length < step * heightPx) return unreadable(`${data.length} bytes are fewer than ${heightPx} rows of ${step} bytes`);
  if (encoding === "rgb8" && step === widthPx * 3)
    return { kind: "picture", picture: { widthPx, heightPx, rgb: data.slice(0, step * heightPx) } };
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let row = 0, to = 0; row < heightPx; row++) {
    for (let column = 0, from = row * step; column < widthPx; column++, from += bytes) {
      rgb[to++] = data[from + red]!;
      rgb[to++] = data[from + green]!;
      rgb[to++] = data[from + blue]!;
    }
  }
  return { kind: "picture", picture: { widthPx, heightPx, rgb } };
}

export type ImageParts = Omit<Picture, "rgb"> & Pick<ImageMsg, "encoding" | "step" | "data">;

export const imageParts = ({ width, height, encoding, step, data }: ImageMsg): ImageParts => ({
  widthPx: width,
  heightPx: height,
  encoding,
  step,
  data,
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
