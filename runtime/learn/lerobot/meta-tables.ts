/** What LeRobot keeps beside the frames: which episode lies where, the task texts, and what the set says of itself. */
import type { Dataset } from "../dataset-reader.ts";
import { type Cut, cameraFeature } from "./cuts.ts";
import type { Episode } from "./episodes.ts";
import { CHUNK_FILES, COUNTERS, DATA_PATH, type Feature } from "./info.ts";
import { type Column, parquetBytes } from "./parquet.ts";

/** Files are closed near it, megabytes: ours after the episode that fills 64 MiB of pixels. */
const FILE_SIZE_MB = 100;

export const placeOfFile = (index: number) => ({ chunk_index: Math.floor(index / CHUNK_FILES), file_index: index % CHUNK_FILES });

/** `files`: the episodes of each data file, in order. */
export function episodeTable(files: readonly (readonly Episode[])[], task: string): Promise<Uint8Array> {
  let next = 0;
  const rows = files.flatMap((episodes, file) =>
    episodes.map(({ index, rows: { length } }) => {
      const from = next;
      next += length;
      return { index, length, from, ...placeOfFile(file) };
    }),
  );
  const int64 = (of: (row: (typeof rows)[number]) => number): Column => ({ kind: "int64", values: rows.map(of) });
  return parquetBytes({
    episode_index: int64(({ index }) => index),
    tasks: { kind: "texts", values: rows.map(() => [task]) },
    length: int64(({ length }) => length),
    "data/chunk_index": int64(({ chunk_index }) => chunk_index),
    "data/file_index": int64(({ file_index }) => file_index),
    dataset_from_index: int64(({ from }) => from),
    dataset_to_index: int64(({ from, length }) => from + length),
    "meta/episodes/chunk_index": int64(() => 0),
    "meta/episodes/file_index": int64(() => 0),
  });
}

/** LeRobot reads it with pandas, the task texts as its index. */
export function tasksTable(task: string): Promise<Uint8Array> {
  const index = "__index_level_0__";
  const pandas = {
    index_columns: [index],
    column_indexes: [{ name: null, field_name: null, pandas_type: "unicode", numpy_type: "object", metadata: { encoding: "UTF-8" } }],
    columns: [
      { name: "task_index", field_name: "task_index", pandas_type: "int64", numpy_type: "int64", metadata: null },
      { name: null, field_name: index, pandas_type: "unicode", numpy_type: "object", metadata: null },
    ],
    creator: { library: "foresight", version: "1" },
    pandas_version: "2.0.0",
  };
  return parquetBytes({ task_index: { kind: "int64", values: [0] }, [index]: { kind: "text", values: [task] } }, [
    { key: "pandas", value: JSON.stringify(pandas) },
  ]);
}

export function infoText(
  { meta }: Dataset,
  cuts: readonly Cut[],
  { frames, episodes }: { readonly frames: number; readonly episodes: number },
): string {
  const picture: Feature = { dtype: "image", shape: [meta.heightPx, meta.widthPx, 3], names: ["height", "width", "channels"] };
  const features: Record<string, Feature> = {
    ...Object.fromEntries(cuts.map(({ feature, columns }) => [feature, { dtype: "float32", shape: [columns.length], names: columns }])),
    ...Object.fromEntries(meta.cameras.map(({ name }) => [cameraFeature(name), picture])),
    ...COUNTERS,
  };
  const info = {
    codebase_version: "v3.0",
    robot_type: meta.robot,
    total_episodes: episodes,
    total_frames: frames,
    total_tasks: 1,
    chunks_size: CHUNK_FILES,
    data_files_size_in_mb: FILE_SIZE_MB,
    video_files_size_in_mb: FILE_SIZE_MB,
    fps: Math.round(1 / meta.controlPeriodS),
    splits: { train: `0:${episodes}` },
    data_path: DATA_PATH,
    video_path: null,
    features,
    foresight: meta, // What LeRobot has no place for: robot, scene, cameras, units. It passes over keys that it does not know.
  };
  return `${JSON.stringify(info, null, 2)}\n`;
}
