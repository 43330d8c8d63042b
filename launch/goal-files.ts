/** Goal pictures from files: PNG or JPEG, decoded to RGB, never resized. */
import sharp from "sharp";
import { AgentError } from "../runtime/core/errors.ts";
import type { Frame } from "../runtime/core/sensing.ts";

/** A larger file is no picture of a robot's camera. */
const PIXELS_MAX = 2 ** 24;

/** One frame per camera name; throws AgentError `goal.mismatch` for a file that is missing or no picture. */
export async function readGoalFrames(files: Readonly<Record<string, string>>): Promise<Frame[]> {
  return Promise.all(Object.entries(files).map(([camera, path]) => readFrame(camera, path)));
}

async function readFrame(camera: string, path: string): Promise<Frame> {
  try {
    const { data, info } = await sharp(path, { limitInputPixels: PIXELS_MAX })
      .removeAlpha()
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { camera, widthPx: info.width, heightPx: info.height, rgb: new Uint8Array(data), stampNs: 0n, receivedNs: 0n };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("goal.mismatch", `goal picture of camera "${camera}": cannot read ${path} (${why}); give a PNG or JPEG file`, {
      cause,
    });
  }
}
