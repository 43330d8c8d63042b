/** A data set on disk: pictures and rows in shards of plain bytes, and one meta.json that says what they are. */
import { mkdirSync, openSync, closeSync, writeSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "../core/errors.ts";
import type { CameraSpec } from "../core/types.ts";

/** What every row of a data set shares; written to meta.json. */
export interface DatasetMeta {
  readonly format: 1;
  readonly provenance: "sim" | "real";
  readonly robot: string;
  readonly scene: string;
  readonly seed: number;
  readonly cameras: readonly CameraSpec[];
  /** Of every picture. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly controlPeriodS: number;
  readonly action: { readonly axes: readonly string[]; readonly scaleM: number };
  /** The height the tool is held at, metres; null when z is an action axis. */
  readonly toolHeightM: number | null;
  /** Names of the float32 columns of a row, in order. */
  readonly columns: readonly string[];
}

/** One decision: what was seen before the action, and the row of numbers that goes with it. */
export interface DatasetRow {
  /** One RGB picture per camera, in the order of the meta. */
  readonly frames: readonly Uint8Array[];
  /** Shape (columns). */
  readonly values: ArrayLike<number>;
}

/** Appends rows to shard `index` of a folder: `shard-000.frames.u8` (n, cameras, height, width, 3) and `shard-000.rows.f32` (n, columns). */
export class ShardWriter implements Disposable {
  readonly #frames: number;
  readonly #rows: number;
  readonly #columns: number;
  #count = 0;

  constructor(folder: string, index: number, meta: DatasetMeta) {
    mkdirSync(folder, { recursive: true });
    const name = join(folder, `shard-${String(index).padStart(3, "0")}`);
    writeFileSync(join(folder, "meta.json"), `${JSON.stringify(meta, null, 2)}\n`);
    this.#frames = openSync(`${name}.frames.u8`, "w");
    this.#rows = openSync(`${name}.rows.f32`, "w");
    this.#columns = meta.columns.length;
  }

  get count(): number {
    return this.#count;
  }

  append(rows: readonly DatasetRow[]): void {
    for (const row of rows) {
      invariant(row.values.length === this.#columns, `row has ${row.values.length} values, the data set ${this.#columns} columns`);
      for (const frame of row.frames) writeSync(this.#frames, frame);
      writeSync(this.#rows, new Uint8Array(Float32Array.from(row.values).buffer));
    }
    this.#count += rows.length;
  }

  [Symbol.dispose](): void {
    closeSync(this.#frames);
    closeSync(this.#rows);
  }
}
