/** New experience joined with what a model was made of: learned together, the one does not make it forget the other (rehearsal, Robins 1995). */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AgentError } from "../core/errors.ts";
import { checkDataset, type Dataset, type ExpectedData, openDataset } from "./dataset-reader.ts";

export interface ExperienceOptions {
  /** Folder of the new data. */
  readonly data: string;
  /** Folder of what a model was made of, or null. */
  readonly rehearse: string | null;
  readonly expected: ExpectedData;
}

/** The data of a training: one set, or that and the one to rehearse. Throws as `openDataset` and `checkDataset`; `data.mismatch` where the two do not fit. */
export function openExperience({ data, rehearse, expected }: ExperienceOptions): Dataset {
  const fresh = openDataset(data);
  checkDataset(fresh, expected);
  if (rehearse === null) return fresh;
  const known = openDataset(rehearse);
  checkDataset(known, expected);
  return joined(fresh, known);
}

/** Columns are those that both have. Rows are those of the first, then those of the second. */
export function joined(fresh: Dataset, known: Dataset): Dataset {
  for (const key of ["action", "controlPeriodS", "toolHeightM"] as const) refuseOther(key, fresh, known);
  const { cameras, heightPx, widthPx } = fresh.meta;
  const frameBytes = cameras.length * heightPx * widthPx * 3;
  const isFresh = (row: number | undefined): boolean => row !== undefined && row < fresh.rowCount;
  return {
    folder: `${fresh.folder} and ${known.folder}`,
    meta: { ...fresh.meta, columns: fresh.meta.columns.filter((name) => known.meta.columns.includes(name)) },
    rowCount: fresh.rowCount + known.rowCount,
    freshRows: fresh.rowCount,
    isSealed: fresh.isSealed && known.isSealed,
    columns(names) {
      const out = new Float32Array((fresh.rowCount + known.rowCount) * names.length);
      out.set(fresh.columns(names));
      out.set(known.columns(names), fresh.rowCount * names.length);
      return out;
    },
    framesInto(rows, out) {
      for (let from = 0, to = 0; from < rows.length; from = to) {
        while (to < rows.length && isFresh(rows[to]) === isFresh(rows[from])) to++;
        const [source, offset] = isFresh(rows[from]) ? [fresh, 0] : [known, fresh.rowCount];
        const there = Array.from({ length: to - from }, (_, i) => (rows[from + i] as number) - offset);
        source.framesInto(there, out.subarray(from * frameBytes));
      }
    },
    hash: () => createHash("sha256").update(fresh.hash()).update(known.hash()).digest("hex"),
    [Symbol.dispose]() {
      fresh[Symbol.dispose]();
      known[Symbol.dispose]();
    },
  };
}

function refuseOther(key: "action" | "controlPeriodS" | "toolHeightM", fresh: Dataset, known: Dataset): void {
  const [is, was] = [fresh.meta[key], known.meta[key]];
  if (isDeepStrictEqual(is, was)) return;
  throw new AgentError(
    "data.mismatch",
    `${known.folder}: ${key} ${JSON.stringify(was)}, ${fresh.folder} has ${JSON.stringify(is)}; rehearse what was collected with the same`,
  );
}
