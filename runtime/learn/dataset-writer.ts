/** A data set on disk: pictures and rows in shards of plain bytes, and one meta.json that says what they are. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AgentError, invariant } from "../core/errors.ts";
import type { CameraSpec } from "../core/sensing.ts";

/** What every row of a data set shares; written to meta.json. */
export interface DatasetMeta {
  readonly format: 1;
  readonly provenance: "sim" | "gazebo" | "real";
  readonly robot: string;
  /** What stood in front of the arm, by name and number. */
  readonly scene: Readonly<Record<string, unknown>>;
  /** scripted: the player looked at the simulator's poses to choose where to go; free: at nothing but the arm. */
  readonly play: "scripted" | "free";
  readonly productVersion: string;
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

const RETRY = "free some space and give the same command again, it goes on from the shards that are whole";

/** Writes meta.json, or finds the same one there. Throws `data.mismatch` when the folder holds other data. */
export function claimFolder(folder: string, meta: DatasetMeta): void {
  const path = join(folder, "meta.json");
  const wanted = `${JSON.stringify(meta, null, 2)}\n`;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) writeFileSync(path, wanted);
  if (readFileSync(path, "utf8") !== wanted) {
    throw new AgentError(
      "data.mismatch",
      `${folder} holds data collected with other options (${path}); give those again to go on, or another --out`,
    );
  }
}

const shardName = (folder: string, index: number): string => join(folder, `shard-${String(index).padStart(3, "0")}`);

/** Whether a shard was written to its end. */
export const hasShard = (folder: string, index: number): boolean => existsSync(`${shardName(folder, index)}.rows.f32`);

/**
 * Appends rows to shard `index` of a folder: `shard-000.frames.u8` (n, cameras, height, width, 3) and `shard-000.rows.f32` (n, columns).
 * They get their names only when `finish` is called: what was interrupted is not there. Throws `data.corrupt` when the disk refuses.
 */
export class ShardWriter implements Disposable {
  readonly #name: string;
  readonly #frames: number;
  readonly #rows: number;
  readonly #columns: number;
  #count = 0;
  #open = true;

  constructor(folder: string, index: number, columns: number) {
    this.#name = shardName(folder, index);
    this.#frames = openSync(`${this.#name}.frames.u8.partial`, "w");
    this.#rows = openSync(`${this.#name}.rows.f32.partial`, "w");
    this.#columns = columns;
  }

  get count(): number {
    return this.#count;
  }

  append(rows: readonly DatasetRow[]): void {
    for (const row of rows) {
      invariant(row.values.length === this.#columns, `row has ${row.values.length} values, the data set ${this.#columns} columns`);
      for (const frame of row.frames) this.#write(this.#frames, frame);
      this.#write(this.#rows, new Uint8Array(Float32Array.from(row.values).buffer));
    }
    this.#count += rows.length;
  }

  /** Gives both files their names, the rows last. */
  finish(): void {
    this.#close();
    for (const file of ["frames.u8", "rows.f32"]) renameSync(`${this.#name}.${file}.partial`, `${this.#name}.${file}`);
  }

  /** Without `finish` before, nothing is left of the shard. */
  [Symbol.dispose](): void {
    this.#close();
    for (const file of ["frames.u8", "rows.f32"]) rmSync(`${this.#name}.${file}.partial`, { force: true });
  }

  #close(): void {
    if (this.#open) for (const file of [this.#frames, this.#rows]) closeSync(file);
    this.#open = false;
  }

  #write(file: number, bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AgentError("data.corrupt", `${this.#name}: could not be written (${why}); ${RETRY}`, { cause });
    }
  }
}
