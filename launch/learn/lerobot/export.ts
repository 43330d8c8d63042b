/** `foresight data export`: a data set of ours becomes a LeRobot one. */
import { openDataset } from "../../../runtime/learn/dataset-reader.ts";
import { exportLeRobot } from "../../../runtime/learn/lerobot/export.ts";
import type { ImportIo } from "./import.ts";

export interface ExportFlags {
  readonly data: string;
  readonly out: string;
  readonly task: string;
}

/** Says what was made. */
export async function exportData({ data, out, task }: ExportFlags, { progress, signal }: ImportIo): Promise<string> {
  using dataset = openDataset(data);
  const onProgress = (frames: number, of: number): void => progress(`${frames} of ${of} decisions`);
  const { frames, episodes } = await exportLeRobot(dataset, { folder: out, task, onProgress, signal });
  return `${out}: ${frames} frames of ${episodes} episodes, LeRobot v3.0`;
}
