/** Pictures of failed episodes for a person to look at: start, end and goal side by side, a row for each camera. */
import { join } from "node:path";
import sharp from "sharp";
import type { Seen } from "../../runtime/assemble/play-trial.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import { writePicture } from "../user-files.ts";

const ENLARGE = 4;
const GAP_PX = 4;

/** Writes `seed-1003.png` to the folder and returns its path. */
export async function writeFailure(folder: string, seed: number, { start, end, goal }: Seen): Promise<string> {
  const [first] = start;
  const [width, height] = [(first?.widthPx ?? 1) * ENLARGE, (first?.heightPx ?? 1) * ENLARGE];
  const tiles = await Promise.all(
    start.flatMap(({ camera }, row) =>
      [start, end, goal].map(async (frames, column) => ({
        input: await enlarged(frames.find((frame) => frame.camera === camera) as Frame, width, height),
        left: column * (width + GAP_PX),
        top: row * (height + GAP_PX),
      })),
    ),
  );
  const path = join(folder, `seed-${seed}.png`);
  const size = { width: 3 * width + 2 * GAP_PX, height: start.length * (height + GAP_PX) - GAP_PX };
  await writePicture(path, sharp({ create: { ...size, channels: 3, background: "#ffffff" } }).composite(tiles));
  return path;
}

const enlarged = ({ rgb, widthPx, heightPx }: Frame, width: number, height: number): Promise<Buffer> =>
  sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .resize(width, height, { kernel: "nearest" })
    .png()
    .toBuffer();
