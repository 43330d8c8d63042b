/** Writes a data set of ours as a LeRobot data set of version 3.0, pictures inside its tables, so that Python's `LeRobotDataset` loads it. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { faultOf } from "../../core/file-fault.ts";
import { kindOf, makeFolder } from "../../core/own-files.ts";
import type { Dataset } from "../dataset-reader.ts";
import { cutsOf } from "./cuts.ts";
import { type Episode, episodesOf } from "./episodes.ts";
import { FramesTable } from "./frames-table.ts";
import { DATA_PATH, EPISODES_PATH, INFO_PATH, pathOf, STATISTICS_PATH, TASKS_PATH } from "./info.ts";
import { episodeTable, infoText, placeOfFile, tasksTable } from "./meta-tables.ts";
import { parquetBytes } from "./parquet.ts";

export interface ExportOptions {
  readonly folder: string;
  /** What was tried, in words: LeRobot's task of every frame. */
  readonly task: string;
  readonly onProgress: (frames: number, of: number) => void;
  readonly signal: AbortSignal;
}

export interface Exported {
  readonly frames: number;
  readonly episodes: number;
}

/** Of pixels: a data file is closed after the episode that fills it. */
const FILE_BYTES = 64 * 2 ** 20;

/** Whole or not at all. Throws `data.mismatch` where something lies already, `data.corrupt` when the disk refuses, the signal's reason when interrupted. */
export async function exportLeRobot(dataset: Dataset, options: ExportOptions): Promise<Exported> {
  const place = resolve(options.folder);
  if (kindOf(place) !== "nothing")
    throw new AgentError("data.mismatch", `${options.folder}: something is there already; give another --out`);
  let draft = "";
  try {
    makeFolder(dirname(place));
    draft = mkdtempSync(join(dirname(place), `.${basename(place)}-`));
    const exported = await writeAll(dataset, draft, options);
    renameSync(draft, place);
    return exported;
  } catch (cause) {
    if (draft) rmSync(draft, { recursive: true, force: true }); // Made by us a moment ago, under a name that nobody else has.
    if (cause instanceof AgentError || options.signal.aborted) throw cause;
    throw new AgentError(
      "data.corrupt",
      `${options.folder}: could not be written (${faultOf(cause)}); free some space, or give another --out`,
      { cause },
    );
  }
}

async function writeAll(dataset: Dataset, folder: string, { task, onProgress, signal }: ExportOptions): Promise<Exported> {
  const { meta } = dataset;
  const cuts = cutsOf(meta.columns);
  const table = new FramesTable(dataset, cuts);
  const episodes = episodesOf(dataset);
  const files = filesOf(episodes, meta.cameras.length * meta.widthPx * meta.heightPx * 3);
  for (const [index, file] of files.entries()) {
    signal.throwIfAborted();
    put(folder, pathOf(DATA_PATH, placeOfFile(index)), await parquetBytes(await table.next(file)));
    onProgress(table.frames, dataset.rowCount);
  }
  const exported = { frames: table.frames, episodes: episodes.length };
  put(folder, EPISODES_PATH, await episodeTable(files, task));
  put(folder, TASKS_PATH, await tasksTable(task));
  put(folder, STATISTICS_PATH, `${JSON.stringify(table.statistics(), null, 2)}\n`);
  put(folder, INFO_PATH, infoText(dataset, cuts, exported));
  return exported;
}

/** Episodes that fill a file together. */
function filesOf(episodes: readonly Episode[], rowBytes: number): readonly (readonly Episode[])[] {
  const files: Episode[][] = [[]];
  let bytes = 0;
  for (const episode of episodes) {
    if (bytes >= FILE_BYTES) {
      files.push([]);
      bytes = 0;
    }
    files.at(-1)!.push(episode);
    bytes += episode.rows.length * rowBytes;
  }
  return files;
}

function put(folder: string, path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { flag: "wx" });
}
