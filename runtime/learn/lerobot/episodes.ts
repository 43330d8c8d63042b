/** The episodes of a data set of ours as others count them: one after the other from 0, and none with a missed decision inside. */
import type { Dataset } from "../dataset-reader.ts";

export interface Episode {
  readonly index: number;
  /** Indices of its rows, each a decision after the one before. */
  readonly rows: readonly number[];
}

export function episodesOf(dataset: Dataset): readonly Episode[] {
  const counted = dataset.columns(["episode", "step"]);
  const episodes: { index: number; rows: number[] }[] = [];
  for (let row = 0; row < dataset.rowCount; row++) {
    const goesOn = row > 0 && counted[2 * row] === counted[2 * row - 2] && counted[2 * row + 1] === counted[2 * row - 1]! + 1;
    if (!goesOn) episodes.push({ index: episodes.length, rows: [] });
    episodes.at(-1)!.rows.push(row);
  }
  return episodes;
}
