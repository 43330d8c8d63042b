/** Pictures as bytes: PNG keeps every pixel, JPEG is for looking. */
import sharp from "sharp";
import type { Frame } from "../../core/sensing.ts";
import type { PictureToEncode } from "./message.ts";
import type { PictureFormat } from "./picture-formats.ts";
import { pngOf } from "./png.ts";
import { timeOf } from "./time-of.ts";

const JPEG = { quality: 85 } as const;

function encodePicture(frame: Frame, format: PictureFormat): Promise<Buffer> {
  if (format === "png") return pngOf(frame);
  const { rgb, widthPx, heightPx } = frame;
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg(JPEG)
    .toBuffer();
}

/** Throws Error for what is no picture of at most this many pixels. */
export async function decodePicture(bytes: Uint8Array): Promise<Pick<Frame, "rgb" | "widthPx" | "heightPx">> {
  const picture = sharp(bytes, { limitInputPixels: PIXELS_MAX }).removeAlpha().toColourspace("srgb").raw();
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  return { rgb: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), widthPx: info.width, heightPx: info.height };
}

/** A picture of 4096 x 4096. */
const PIXELS_MAX = 2 ** 24;

/** A picture as a message. Its text is ASCII, and so large that it is put together as bytes. */
export async function pictureData({ frame, format }: PictureToEncode): Promise<Uint8Array> {
  const picture = await encodePicture(frame, format);
  const head = JSON.stringify({ timestamp: timeOf(frame.stampNs), frame_id: frame.camera, format, data: "" });
  return Buffer.concat([Buffer.from(head.slice(0, -'"}'.length)), Buffer.from(picture.toString("base64"), "latin1"), Buffer.from('"}')]);
}
