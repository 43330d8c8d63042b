/** What a LeRobot data set of version 3.0 says of itself in meta/info.json, and where its files lie (LeRobot, `lerobot/datasets/utils.py`, codebase version v3.0). */
import { z } from "zod";

/** A feature of every frame: its numbers, or its picture. */
const featureSchema = z.looseObject({
  dtype: z.string(),
  shape: z.array(z.int().positive()),
  names: z.unknown().optional(),
});

export const infoSchema = z.looseObject({
  codebase_version: z.string().regex(/^v3\./, 'must be "v3.x"; convert older sets with LeRobot\'s own convert_dataset_v21_to_v30'),
  robot_type: z.string().nullable().optional(),
  total_episodes: z.int().nonnegative(),
  total_frames: z.int().nonnegative(),
  fps: z.number().positive().max(1000),
  data_path: z.string(),
  video_path: z.string().nullable().optional(),
  features: z.record(z.string(), featureSchema),
});

export type LeRobotInfo = z.infer<typeof infoSchema>;
export type Feature = z.infer<typeof featureSchema>;

export const INFO_PATH = "meta/info.json";
export const STATISTICS_PATH = "meta/stats.json";
export const TASKS_PATH = "meta/tasks.parquet";
export const EPISODES_PATH = "meta/episodes/chunk-000/file-000.parquet";
export const DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet";
/** Files of a chunk. */
export const CHUNK_FILES = 1000;

/** Fills `{chunk_index:03d}` and the like of a path pattern. */
export const pathOf = (pattern: string, values: Readonly<Record<string, string | number>>): string =>
  pattern.replace(/\{(\w+)(?::0(\d)d)?\}/g, (whole, name: string, width?: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value).padStart(Number(width ?? 0), "0");
  });

/** Every frame has these beside its own features. */
export const COUNTERS: Readonly<Record<string, Feature>> = {
  timestamp: { dtype: "float32", shape: [1], names: null },
  frame_index: { dtype: "int64", shape: [1], names: null },
  episode_index: { dtype: "int64", shape: [1], names: null },
  index: { dtype: "int64", shape: [1], names: null },
  task_index: { dtype: "int64", shape: [1], names: null },
};
