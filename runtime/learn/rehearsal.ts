/** New experience joined with what a model was made of: learned together, the one does not make it forget the other (rehearsal, Robins 1995). */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AgentError } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import { checkDataset, type Dataset, type ExpectedData, openDataset } from "./dataset-reader.ts";

export interface ExperienceOptions {
  /** Folder of the new data. */
  readonly data: string;
  /** Folder of what a model was made of, or null. */
  readonly rehearse: string | null;
  /** Of what is trained on, so much is of what is rehearsed, between 0 and 1 (default: half). */
  readonly rehearsedShare?: number;
  /** The model that is gone on with, or null. */
  readonly from?: Pick<ModelPackage, "modelHash"> | null;
  readonly expected: ExpectedData;
}

const HALF = 0.5;

/**
 * The data of a training: one set, or that and the one to rehearse. Throws as `openDataset` and `checkDataset`; `data.mismatch` where the two do not fit, or where too much of them
 * was decided by the model that is gone on with.
 */
export function openExperience({ data, rehearse, rehearsedShare = HALF, expected, from = null }: ExperienceOptions): Dataset {
  const fresh = openDataset(data);
  checkDataset(fresh, expected);
  if (rehearse === null) return notOfItsOwn(fresh, from);
  const known = openDataset(rehearse);
  checkDataset(known, expected);
  return notOfItsOwn(joined(fresh, known, rehearsedShare), from);
}

/**
 * A model that learns from what it decided itself sees ever less of what it does not do (model collapse, Shumailov et al. 2024). So much of what is trained on may be of its
 * own runs; the rest is play, or was decided by others.
 */
const OWN_SHARE_MAX = 0.5;

function notOfItsOwn(dataset: Dataset, from: Pick<ModelPackage, "modelHash"> | null): Dataset {
  if (!from) return dataset;
  const share = ownShare(dataset, from.modelHash);
  if (share <= OWN_SHARE_MAX) return dataset;
  dataset[Symbol.dispose]();
  const remedy = "rehearse play, or runs of other models, beside it (--rehearse FOLDER --rehearse-share SHARE)";
  throw new AgentError(
    "data.mismatch",
    `${dataset.folder}: ${Math.round(100 * share)} % of what would be learned was decided by the model that is gone on with (${from.modelHash.slice(0, 12)}), at most ${100 * OWN_SHARE_MAX} % may be; ${remedy}`,
  );
}

/** Share of what is trained on that a model decided, 0..1. */
function ownShare({ sources, freshRows, rowCount, rehearsedShare }: Dataset, model: string): number {
  let first = 0;
  const own = { fresh: 0, rehearsed: 0 };
  for (const { rows, source } of sources) {
    if (source?.model === model) own[first < freshRows ? "fresh" : "rehearsed"] += rows;
    first += rows;
  }
  const rehearsed = rowCount > freshRows ? own.rehearsed / (rowCount - freshRows) : 0;
  return (own.fresh / freshRows) * (1 - rehearsedShare) + rehearsed * rehearsedShare;
}

/** Columns are those that both have. Rows are those of the first, then those of the second. */
export function joined(fresh: Dataset, known: Dataset, rehearsedShare = HALF): Dataset {
  for (const key of ["action", "controlPeriodS", "toolHeightM"] as const) refuseOther(key, fresh, known);
  const { cameras, heightPx, widthPx } = fresh.meta;
  const frameBytes = cameras.length * heightPx * widthPx * 3;
  const isFresh = (row: number | undefined): boolean => row !== undefined && row < fresh.rowCount;
  return {
    folder: `${fresh.folder} and ${known.folder}`,
    meta: { ...fresh.meta, columns: fresh.meta.columns.filter((name) => known.meta.columns.includes(name)) },
    rowCount: fresh.rowCount + known.rowCount,
    freshRows: fresh.rowCount,
    rehearsedShare,
    sources: [...fresh.sources, ...known.sources],
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
