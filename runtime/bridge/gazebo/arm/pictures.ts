/** A picture of a Gazebo camera as RGB, as the launch file's camera is: another size or format is refused in words. */

import { AgentError } from "../../../core/errors.ts";
import type { CameraSpec } from "../../../core/sensing.ts";
import { PIXEL_FORMAT } from "../message-table.ts";
import type { GazeboMessage } from "../message-types.ts";

/** Bytes of a pixel, and where its red, green and blue are. */
const LAYOUTS: ReadonlyMap<number, { readonly bytes: number; readonly rgb: readonly [number, number, number] }> = new Map([
  [PIXEL_FORMAT.lInt8, { bytes: 1, rgb: [0, 0, 0] }],
  [PIXEL_FORMAT.rgbInt8, { bytes: 3, rgb: [0, 1, 2] }],
  [PIXEL_FORMAT.bgrInt8, { bytes: 3, rgb: [2, 1, 0] }],
  [PIXEL_FORMAT.rgbaInt8, { bytes: 4, rgb: [0, 1, 2] }],
]);

/** Row-major RGB of its own, shape (heightPx, widthPx, 3). Throws AgentError `sense.wrong-size`. */
export function rgbOf({ width, height, step, data, pixelFormatType }: GazeboMessage<"Image">, camera: CameraSpec): Uint8Array {
  const { name, widthPx, heightPx } = camera;
  const layout = LAYOUTS.get(pixelFormatType);
  if (!layout) throw refuse(name, `sends pixel format ${pixelFormatType}, must be R8G8B8 (3), L8, B8G8R8 or R8G8B8A8; change its <format>`);
  if (width !== widthPx || height !== heightPx) {
    throw refuse(name, `sends ${width}x${height} px, the launch file has ${widthPx}x${heightPx} px; make them the same`);
  }
  const row = step || width * layout.bytes; // Some senders leave it zero: rows without padding.
  if (row < width * layout.bytes || data.length < row * (height - 1) + width * layout.bytes) {
    throw refuse(name, `sends ${data.length} bytes in rows of ${row}, too few for ${width}x${height} px; look at its <format>`);
  }
  const rgb = new Uint8Array(width * height * 3);
  const isPlain = pixelFormatType === PIXEL_FORMAT.rgbInt8 && row === width * 3;
  if (isPlain) rgb.set(data.subarray(0, rgb.length));
  else repack(data, rgb, { row, width, height, ...layout });
  return rgb;
}

interface Packing {
  readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly rgb: readonly [number, number, number];
}

function repack(from: Uint8Array, to: Uint8Array, { row, width, height, bytes, rgb: [red, green, blue] }: Packing): void {
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let at = y * row; at < y * row + width * bytes; at += bytes) {
      to[out++] = from[at + red]!;
      to[out++] = from[at + green]!;
      to[out++] = from[at + blue]!;
    }
  }
}

const refuse = (camera: string, what: string): AgentError => new AgentError("sense.wrong-size", `camera "${camera}": Gazebo ${what}`);
