/** Goal pictures from files: PNG or JPEG, opaque, showing something; decoded to RGB, never resized. */
import sharp from "sharp";
import { AgentError } from "../runtime/core/errors.ts";
import { FileFault, faultOf } from "../runtime/core/file-fault.ts";
import { plainBytes } from "../runtime/core/plain-file.ts";
import type { Frame } from "../runtime/core/sensing.ts";

/** A larger file is no picture of a robot's camera. */
const PIXELS_MAX = 2 ** 24;
const BYTES_MAX = 64 * 2 ** 20;
/** By how a file begins: what else an image library reads may refer to other files, or move. */
const FORMATS: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
];

/** One frame per camera name. Throws AgentError `goal.mismatch` with every file that is missing, no picture, or shows nothing; what `fits` throws comes before that one shows nothing. */
export async function readGoalFrames(
  files: Readonly<Record<string, string>>,
  fits: (frames: readonly Frame[]) => void = () => {},
): Promise<Frame[]> {
  const pictures = Object.entries(files);
  const read = await Promise.allSettled(pictures.map(([camera, path]) => readFrame(camera, path)));
  refuse(
    pictures,
    read.map((each) => (each.status === "rejected" ? each.reason : null)),
  );
  const frames = read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  fits(frames);
  refuse(
    pictures,
    frames.map(({ rgb }) => (isOneColour(rgb) ? new FileFault("it shows nothing, all of it is of one colour; look at the camera") : null)),
  );
  return frames;
}

/** Everything that is wrong at once, in the order of the launch file. */
function refuse(pictures: readonly (readonly [camera: string, path: string])[], faults: readonly unknown[]): void {
  const told = pictures.flatMap(([camera, path], index) =>
    faults[index] ? [`goal picture of camera "${camera}": cannot read ${path} (${faultOf(faults[index])})`] : [],
  );
  const [cause] = faults.filter(Boolean);
  if (cause) throw new AgentError("goal.mismatch", `${told.join("; ")}; give a PNG or JPEG file`, { cause });
}

async function readFrame(camera: string, path: string): Promise<Frame> {
  const bytes = plainBytes(path, BYTES_MAX);
  if (!FORMATS.some((begin) => begin.every((byte, i) => bytes[i] === byte))) throw new FileFault("it is neither PNG nor JPEG");
  const picture = sharp(bytes, { limitInputPixels: PIXELS_MAX });
  if ((await picture.stats()).isOpaque === false) throw new FileFault("parts of it are transparent; flatten it");
  const { data, info } = await picture.autoOrient().removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return { camera, widthPx: info.width, heightPx: info.height, rgb: new Uint8Array(data), stampNs: 0n, receivedNs: 0n };
}

/** RGB, 3 bytes a pixel. */
const isOneColour = (data: Uint8Array): boolean => data.every((value, i) => value === data[i % 3]);
