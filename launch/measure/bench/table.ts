/** Plain text tables and the two quantiles that every benchmark reports. */
import { quantile, round } from "../../../runtime/core/statistics.ts";

/** Milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export const spreadOf = (valuesMs: readonly number[]): Spread => ({
  p50: round(quantile(valuesMs, 0.5), 3),
  p99: round(quantile(valuesMs, 0.99), 3),
});

/** Columns aligned to the right, headed by the names of the first row's cells. */
export function table(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? "")))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ")).join("\n");
}
