/** What a row of experience can hold: finite numbers within the bounds of reason, and steps that go on. */
import { BOUNDS, type Bound, beyond } from "../core/bounds.ts";

/** Null where all rows are possible; else a clause that names row, column, value and bound. `rows` (n, columns). */
export function rowProblem(rows: Float32Array, columns: readonly string[]): string | null {
  const bounds = columns.map(boundOf);
  const [episode, step] = [columns.indexOf("episode"), columns.indexOf("step")];
  const width = columns.length;
  for (let at = 0; at < rows.length; at++) {
    const [row, column] = [Math.floor(at / width), at % width];
    const value = rows[at] as number;
    const problem = problemOf(value, bounds[column]!);
    if (problem) return `row ${row}, ${columns[column]} is ${problem}`;
    if (column !== step || episode < 0 || row === 0) continue;
    const [before, own] = [row - 1, row].map((each) => rows[each * width + episode]);
    if (before === own && value <= (rows[(row - 1) * width + step] as number))
      return `row ${row} is step ${value} of episode ${own}, and so, or later, is the row before it`;
  }
  return null;
}

type ColumnBound = Bound | "count" | "finite";

function boundOf(column: string): ColumnBound {
  if (column === "episode" || column === "step") return "count";
  if (/^(tool|object)\.[xyz]$/.test(column)) return BOUNDS.placeM;
  if (column.startsWith("action.")) return BOUNDS.action;
  return /^joint\d+$/.test(column) ? BOUNDS.readingRad : "finite";
}

function problemOf(value: number, bound: ColumnBound): string | null {
  if (!Number.isFinite(value)) return `${value}, no finite number`;
  if (bound === "finite") return null;
  if (bound === "count") return Number.isInteger(value) && value >= 0 ? null : `${value}, no whole number from 0 up`;
  return beyond(value, bound);
}
