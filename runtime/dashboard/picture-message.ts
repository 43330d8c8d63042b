/** A picture as a small message. */
import type { Frame } from "../core/sensing.ts";

/** A picture as the page draws it: RGB bytes in base64, row-major; shrunk where the camera's is larger than a page needs. */
export interface PictureMessage {
  readonly camera: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgbBase64: string;
  /** By the camera's own clock: the page knows a new picture by it. */
  readonly stampNs: string;
}

/** Pictures wider than this are shown smaller. */
const SHOWN_PX_MAX = 320;

export function pictureMessage(frame: Frame, widthPxMax = SHOWN_PX_MAX): PictureMessage {
  const { camera, widthPx, heightPx, rgb } = shrunk(frame, widthPxMax);
  const rgbBase64 = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength).toString("base64");
  return { camera, widthPx, heightPx, rgbBase64, stampNs: `${frame.stampNs}` };
}

/** Every so many pixels one: enough to look at, and cheap however large the camera's picture is. */
function shrunk(frame: Frame, widthPxMax: number): Pick<Frame, "camera" | "widthPx" | "heightPx" | "rgb"> {
  const every = Math.ceil(frame.widthPx / widthPxMax);
  if (every <= 1) return frame;
  const [widthPx, heightPx] = [Math.floor(frame.widthPx / every), Math.floor(frame.heightPx / every)];
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0, to = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, to += 3) {
      const from = 3 * (y * every * frame.widthPx + x * every);
      rgb[to] = frame.rgb[from]!;
      rgb[to + 1] = frame.rgb[from + 1]!;
      rgb[to + 2] = frame.rgb[from + 2]!;
    }
  }
  return { camera: frame.camera, widthPx, heightPx, rgb };
}
