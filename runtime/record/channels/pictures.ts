/** Pictures as bytes: PNG keeps every pixel, JPEG is for looking. */
import sharp from "sharp";
import type { Frame } from "../../core/sensing.ts";
import type { PictureToEncode } from "./message.ts";
import type { PictureFormat } from "./picture-formats.ts";
import { timeOf } from "./time-of.ts";

/** Little effort: a recording is compressed once more as a whole. */
const PNG = { compressionLevel: 1 } as const;
const JPEG = { quality: 85 } as const;

function encodePicture({ rgb, widthPx, heightPx }: Frame, format: PictureFormat): Promise<Buffer> {
  const picture = sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
  return (format === "png" ? picture.png(PNG) : picture.jpeg(JPEG)).toBuffer();
}

/** Throws Error for what is no picture of at most this many pixels. */
export async function decodePicture(bytes: Uint8Array): Promise<Pick<Frame, "rgb" | "widthPx" | "heightPx">> {
  const picture = sharp(bytes, { limitInputPixels: PIXELS_MAX }).removeAlpha().toColourspace("srgb").raw();
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  return { rgb: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), widthPx: info.width, heightPx: info.height };
}

/** A picture of 4096 x 4096. */
const PIXELS_MAX = 2 ** 24;

/** A picture as a message. */
export async function pictureData({ frame, format }: PictureToEncode): Promise<Uint8Array> {
  const data = (await encodePicture(frame, format)).toString("base64");
  return new TextEncoder().encode(JSON.stringify({ timestamp: timeOf(frame.stampNs), frame_id: frame.camera, format, data }));
}
