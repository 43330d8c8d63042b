/** The frames of one episode of a LeRobot data set: numbers as they are, pictures cropped and scaled to the size that is asked for. */
import sharp from "sharp";
import { AgentError } from "../../core/errors.ts";
import { faultOf } from "../../core/file-fault.ts";
import type { LeRobotData, LeRobotEpisode } from "./open.ts";
import { parquetRows } from "./parquet.ts";
import { videoFrames } from "./video.ts";

export interface FramesWanted {
  /** Features of numbers. */
  readonly numbers: readonly string[];
  /** Features of pictures. */
  readonly pictures: readonly string[];
  readonly widthPx: number;
  readonly heightPx: number;
  /** Every so many-th frame. */
  readonly stride: number;
  readonly signal: AbortSignal;
}

export interface LeRobotFrame {
  /** By feature. */
  readonly numbers: Readonly<Record<string, Float64Array>>;
  /** RGB row-major, in the order asked for. */
  readonly pictures: readonly Uint8Array[];
}

type Row = Readonly<Record<string, unknown>>;

/** Throws `data.corrupt` and `data.missing`. */
export async function framesOf(data: LeRobotData, episode: LeRobotEpisode, wanted: FramesWanted): Promise<readonly LeRobotFrame[]> {
  const inTable = wanted.pictures.filter((feature) => !episode.videos.has(feature));
  const all = await parquetRows(episode.table, ["episode_index", "frame_index", ...wanted.numbers, ...inTable]);
  const rows = all
    .filter((row) => Number(row["episode_index"]) === episode.index)
    .sort((a, b) => Number(a["frame_index"]) - Number(b["frame_index"]));
  const where = `${data.folder}, episode ${episode.index}`;
  if (rows.length !== episode.length)
    throw new AgentError("data.missing", `${where}: ${rows.length} of ${episode.length} frames are there; fetch the data set again`);
  const chosen = rows.filter((_, frame) => frame % wanted.stride === 0);
  const pictures = await Promise.all(wanted.pictures.map((feature) => picturesOf(data, episode, { feature, rows: chosen, where }, wanted)));
  return chosen.map((row, frame) => ({
    numbers: Object.fromEntries(
      wanted.numbers.map((feature) => [feature, numbersOf(row[feature], `${where}, frame ${frame * wanted.stride}: "${feature}"`)]),
    ),
    pictures: pictures.map((each) => each[frame]!),
  }));
}

interface Pictured {
  readonly feature: string;
  readonly rows: readonly Row[];
  readonly where: string;
}

async function picturesOf(
  { info }: LeRobotData,
  { videos }: LeRobotEpisode,
  { feature, rows, where }: Pictured,
  wanted: FramesWanted,
): Promise<readonly Uint8Array[]> {
  const video = videos.get(feature);
  if (!video)
    return Promise.all(rows.map((row, frame) => decoded(row[feature], `${where}, frame ${frame * wanted.stride}: "${feature}"`, wanted)));
  const { stride, widthPx, heightPx, signal } = wanted;
  const frames = await videoFrames({ ...video, count: rows.length, stride, fps: info.fps, widthPx, heightPx, signal });
  if (frames.length !== rows.length)
    throw new AgentError(
      "data.missing",
      `${where}: ${video.path} gave ${frames.length} of ${rows.length} pictures of "${feature}"; fetch the data set again`,
    );
  return frames;
}

async function decoded(cell: unknown, where: string, { widthPx, heightPx }: FramesWanted): Promise<Uint8Array> {
  const bytes = (cell as { readonly bytes?: unknown } | null)?.bytes;
  if (!(bytes instanceof Uint8Array))
    throw new AgentError("data.corrupt", `${where} holds no picture in the table; fetch the data set again`);
  try {
    const picture = sharp(bytes, { limitInputPixels: 2 ** 24 })
      .removeAlpha()
      .toColourspace("srgb");
    return new Uint8Array(await picture.resize(widthPx, heightPx, { fit: "cover" }).raw().toBuffer());
  } catch (cause) {
    throw new AgentError("data.corrupt", `${where} cannot be decoded (${faultOf(cause)}); fetch the data set again`, { cause });
  }
}

function numbersOf(cell: unknown, where: string): Float64Array {
  const values = Float64Array.from(Array.isArray(cell) || ArrayBuffer.isView(cell) ? (cell as ArrayLike<number>) : [Number(cell)]);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1)
    throw new AgentError("data.corrupt", `${where}, number ${wrong} is ${values[wrong]}, must be finite; remove that episode`);
  return values;
}
