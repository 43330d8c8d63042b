/** sensor_msgs/CompressedImage (jpeg or png) to RGB, by sharp. */
import type { PictureReading } from "./image.ts";
import type { CompressedImageMsg } from "./messages.ts";

/** A picture with more pixels than this is refused before it is unpacked. */
const PIXELS_MAX = 8192 * 8192;

/** Decoding is told by the data themselves; `format` is only for the message when they are neither. */
export async function readCompressedImage({ format, data }: CompressedImageMsg): Promise<PictureReading> {
  const { default: sharp } = await import("sharp");
  try {
    const decoded = await sharp(data, { limitInputPixels: PIXELS_MAX, failOn: "warning" })
      .removeAlpha()
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width: widthPx, height: heightPx } = decoded.info;
    return { kind: "picture", picture: { widthPx, heightPx, rgb: new Uint8Array(decoded.data) } };
  } catch (error) {
    return { kind: "unreadable", why: `${data.length} bytes called "${format}" are no whole jpeg or png (${(error as Error).message})` };
  }
}
