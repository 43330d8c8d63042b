/** Reads a LeRobot data set of version 3: what it says of itself, which episode lies where, and an episode's numbers and pictures. */
import { readdirSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { z } from "zod";
import { AgentError } from "../../core/errors.ts";
import { faultOf } from "../../core/file-fault.ts";
import { parseJson } from "../../core/json.ts";
import { objections } from "../../core/objections.ts";
import { readPlainText } from "../../core/plain-file.ts";
import { INFO_PATH, infoSchema, type LeRobotInfo, pathOf } from "./info.ts";
import { parquetRows } from "./parquet.ts";

/** Where an episode lies. */
export interface LeRobotEpisode {
  readonly index: number;
  readonly length: number;
  /** Absolute path of the table that holds its frames. */
  readonly table: string;
  /** By feature, for pictures that are video: the file, and where in it the episode begins, seconds. */
  readonly videos: ReadonlyMap<string, { readonly path: string; readonly fromS: number }>;
}

export interface LeRobotData {
  readonly folder: string;
  readonly info: LeRobotInfo;
  readonly episodes: readonly LeRobotEpisode[];
}

const INFO_BYTES_MAX = 10 * 2 ** 20;
const FETCH_AGAIN = "fetch the data set again";
const whole = z.union([z.bigint(), z.int()]).transform(Number);

/** Throws `data.missing` for a folder without one, `data.corrupt` for what cannot be read or points outside it. */
export async function openLeRobot(folder: string): Promise<LeRobotData> {
  const info = readInfo(folder);
  const tables = tablesIn(join(folder, "meta", "episodes"));
  if (tables.length === 0)
    throw new AgentError("data.missing", `${join(folder, "meta", "episodes")}: holds no table of episodes; ${FETCH_AGAIN}`);
  const rows = (await Promise.all(tables.map((table) => parquetRows(table)))).flat();
  const episodes = rows.map((row) => episodeOf(folder, info, row)).sort((a, b) => a.index - b.index);
  if (episodes.length !== info.total_episodes)
    throw new AgentError("data.missing", `${folder}: ${episodes.length} of ${info.total_episodes} episodes are there; ${FETCH_AGAIN}`);
  return { folder, info, episodes };
}

function readInfo(folder: string): LeRobotInfo {
  const path = join(folder, INFO_PATH);
  const text = readPlainText(path, {
    bytesMax: INFO_BYTES_MAX,
    code: "data.missing",
    remedy: "name the folder of a LeRobot data set of version 3",
  });
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (cause) {
    throw new AgentError("data.corrupt", `${path}: is not JSON (${faultOf(cause)}); ${FETCH_AGAIN}`, { cause });
  }
  const read = infoSchema.safeParse(content);
  if (!read.success) throw new AgentError("data.corrupt", `${path}: ${objections(read.error)}; ${FETCH_AGAIN}`);
  return read.data;
}

function tablesIn(folder: string): readonly string[] {
  try {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile() && entry.name.endsWith(".parquet")).map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return [];
  }
}

function episodeOf(folder: string, info: LeRobotInfo, row: Readonly<Record<string, unknown>>): LeRobotEpisode {
  const number = (column: string): number => {
    const read = whole.safeParse(row[column]);
    if (!read.success)
      throw new AgentError(
        "data.corrupt",
        `${folder}: the table of episodes says ${String(row[column])} for "${column}", must be a whole number; ${FETCH_AGAIN}`,
      );
    return read.data;
  };
  const place = (start: string) => ({ chunk_index: number(`${start}/chunk_index`), file_index: number(`${start}/file_index`) });
  const videoFeatures = Object.entries(info.features).filter(([, { dtype }]) => dtype === "video");
  const videos = new Map(
    videoFeatures.map(([feature]) => {
      const path = inside(folder, pathOf(info.video_path ?? "", { video_key: feature, ...place(`videos/${feature}`) }));
      return [feature, { path, fromS: Number(row[`videos/${feature}/from_timestamp`]) }];
    }),
  );
  return { index: number("episode_index"), length: number("length"), table: inside(folder, pathOf(info.data_path, place("data"))), videos };
}

/** SAFETY: a path pattern from a file leads nowhere but into the data set. */
function inside(folder: string, path: string): string {
  const whole = resolve(folder, path);
  if (!whole.startsWith(resolve(folder) + sep))
    throw new AgentError("data.corrupt", `${folder}: its meta/info.json points to ${path}, outside of it; ${FETCH_AGAIN}`);
  return whole;
}
