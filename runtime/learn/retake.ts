/** The same play as it looked in other worlds: what moved where is the same to the bit, the pictures are others. */
import { AgentError } from "../core/errors.ts";
import { type Dataset, openDataset } from "./dataset-reader.ts";

/** Row by row beside the rows that are learned from. */
export type Retake = Pick<Dataset, "rowCount" | "framesInto" | "hash"> & Disposable;

/** Throws as `openDataset`, and `data.mismatch` where the rows are not those that are learned from. */
export function openRetake(folder: string, take: Dataset): Retake {
  const retake = openDataset(folder);
  const names = take.meta.columns;
  const isSame =
    retake.rowCount === take.freshRows &&
    retake.meta.cameras.length === take.meta.cameras.length &&
    names.every((name) => retake.meta.columns.includes(name)) &&
    isEqual(retake.columns(names), take.columns(names).subarray(0, retake.rowCount * names.length));
  if (isSame) return retake;
  retake[Symbol.dispose]();
  const remedy = "collect both by the same command with backend.vary, the second with another backend.vary.take";
  throw new AgentError("data.mismatch", `${folder}: its rows are not those of ${take.folder}; ${remedy}`);
}

const isEqual = (a: Float32Array, b: Float32Array): boolean => a.length === b.length && a.every((value, i) => value === b[i]);
