/** A data set on disk: pictures and rows in shards of plain bytes, and one meta.json that says what they are. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, statSync } from "node:fs";
import { join } from "node:path";
import { AgentError, invariant } from "../core/errors.ts";
import { type FolderKind, OwnFolder } from "../core/own-folder.ts";
import { readPlainText } from "../core/plain-file.ts";
import type { CameraSpec } from "../core/sensing.ts";
import type { DataAction } from "./data-axes.ts";
import { type ShardSeal, type ShardSource, sha256, shardName } from "./shard-seal.ts";

/** What every row of a data set shares; written to meta.json. */
export interface DatasetMeta {
  readonly format: 1;
  readonly provenance: "sim" | "gazebo" | "real";
  readonly robot: string;
  /** What stood in front of the arm, by name and number. */
  readonly scene: Readonly<Record<string, unknown>>;
  /** scripted: the player looked at the simulator's poses to choose where to go; free: at nothing but the arm; led: a person did; run: an agent, with the model of the shard's source. */
  readonly play: "scripted" | "free" | "led" | "run";
  readonly productVersion: string;
  readonly seed: number;
  readonly cameras: readonly CameraSpec[];
  /** Of every picture; 0 where there are none. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly controlPeriodS: number;
  readonly action: DataAction;
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

const DATA_FOLDER: FolderKind = {
  what: "data set",
  marker: "meta.json",
  owns: /^(meta\.json|shard-\d{3,}\.(frames\.u8|rows\.f32|json))$/,
  code: "data.corrupt",
  elsewhere: "give another --out",
  retry: "free some space and give the same command again, it goes on from the shards that are whole",
};
export const META_BYTES_MAX = 1_000_000;

/** Keeps other commands out until it is disposed of; taken before anything is written. Throws `data.corrupt` while another has it, or when the folder is none of ours. */
export const lockDataset = (folder: string): Disposable => new OwnFolder(folder, DATA_FOLDER).lock();

/** Writes meta.json, or finds the same one there. Throws `data.mismatch` when the folder holds other data, `data.corrupt` when it is none of ours. */
export function claimFolder(folder: string, meta: DatasetMeta): OwnFolder {
  const own = new OwnFolder(folder, DATA_FOLDER);
  const wanted = `${JSON.stringify(meta, null, 2)}\n`;
  if (!own.has("meta.json")) own.replace("meta.json", wanted);
  if (metaIn(folder) !== wanted) {
    throw new AgentError(
      "data.mismatch",
      `${folder} holds data collected with other options (${join(folder, "meta.json")}); give those again to go on, or another --out`,
    );
  }
  return own;
}

const metaIn = (folder: string): string =>
  readPlainText(join(folder, "meta.json"), { bytesMax: META_BYTES_MAX, code: "data.corrupt", remedy: "give another --out" });

/** How many rows a shard holds that was written to its end; 0 where there is none. */
export function rowsOfShard(folder: string, index: number, columns: number): number {
  const found = statSync(join(folder, `${shardName(index)}.rows.f32`), { throwIfNoEntry: false });
  return found?.isFile() ? Math.floor(found.size / (4 * columns)) : 0;
}

/**
 * Appends rows to shard `index` of a folder: `shard-000.frames.u8` (n, cameras, height, width, 3), `shard-000.rows.f32` (n, columns) and `shard-000.json`, their seal.
 * They get their names only when `finish` is called: what was interrupted is not there. Throws `data.corrupt` when the disk refuses.
 */
export class ShardWriter implements Disposable {
  readonly #folder: OwnFolder;
  readonly #index: number;
  readonly #frames: Draft;
  readonly #rows: Draft;
  readonly #columns: number;
  readonly #source: ShardSource | undefined;
  #count = 0;
  #open = true;

  constructor(folder: string, index: number, columns: number, source?: ShardSource) {
    this.#folder = new OwnFolder(folder, DATA_FOLDER);
    this.#index = index;
    this.#frames = this.#begin(`${shardName(index)}.frames.u8`);
    this.#rows = this.#begin(`${shardName(index)}.rows.f32`);
    this.#columns = columns;
    this.#source = source;
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

  /** Gives the files their names, the rows last. Throws `data.missing` for a shard without rows, which is none. */
  finish(): void {
    if (this.#count === 0)
      throw new AgentError(
        "data.missing",
        `${shardName(this.#index)}: holds no row, so nothing is kept of it; look why its episodes ended at once`,
      );
    this.#close();
    const meta = this.#folder.has("meta.json") ? metaIn(this.#folder.path) : "";
    const seal: ShardSeal = {
      shard: this.#index,
      rows: this.#count,
      rowsSha256: this.#rows.hash.digest("hex"),
      framesSha256: this.#frames.hash.digest("hex"),
      metaSha256: sha256(meta),
      source: this.#source,
    };
    this.#folder.keep(this.#frames.name);
    this.#folder.replace(`${shardName(this.#index)}.json`, `${JSON.stringify(seal)}\n`);
    this.#folder.keep(this.#rows.name);
  }

  /** Without `finish` before, nothing is left of the shard. */
  [Symbol.dispose](): void {
    this.#close();
    for (const { name } of [this.#frames, this.#rows]) this.#folder.discard(name);
  }

  #begin(name: string): Draft {
    return { name, file: this.#folder.open(name), hash: createHash("sha256") };
  }

  #write({ name, file, hash }: Draft, bytes: Uint8Array): void {
    this.#folder.append(name, file, bytes);
    hash.update(bytes);
  }

  #close(): void {
    if (this.#open) for (const { file } of [this.#frames, this.#rows]) closeSync(file);
    this.#open = false;
  }
}

interface Draft {
  readonly name: string;
  readonly file: number;
  readonly hash: Hash;
}
