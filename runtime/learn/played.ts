/** What a collected data set holds: how many rows there are, and how many of them moved nothing. */
import type { Dataset } from "./dataset-reader.ts";

export interface Played {
  readonly rows: number;
  /** Share of the rows in which the arm stood still, 0..1. */
  readonly standing: number;
}

/** Below this share of the largest action, along every axis, nothing moved: a millimetre and a half. */
const STANDING = 0.05;

export function playedOf(dataset: Pick<Dataset, "meta" | "rowCount" | "columns">): Played {
  const { rowCount } = dataset;
  const { axes } = dataset.meta.action;
  const actions = dataset.columns(axes.map((axis) => `action.${axis}`));
  let still = 0;
  for (let row = 0; row < rowCount; row++) {
    if (axes.every((_, axis) => Math.abs(actions[row * axes.length + axis] as number) < STANDING)) still++;
  }
  return { rows: rowCount, standing: still / rowCount };
}
