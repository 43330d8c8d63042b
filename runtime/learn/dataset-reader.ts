/** Reads a data set from disk: its numbers in memory, its pictures row by row as they are asked for. */
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { AgentError, invariant } from "../core/errors.ts";
import type { CameraSpec } from "../core/sensing.ts";
import type { DatasetMeta } from "./dataset-writer.ts";

export interface Dataset extends Disposable {
  readonly folder: string;
  readonly meta: DatasetMeta;
  readonly rowCount: number;
  /** The first so many rows are what is learned from; those behind them are rehearsed beside it (rehearsal.ts). */
  readonly freshRows: number;
  /** The named columns of all rows, (rows, names), row by row. */
  columns(names: readonly string[]): Float32Array;
  /** Reads the pictures of the given rows into `out` (rows, cameras, height, width, 3); rows that follow each other are one read. */
  framesInto(rows: ArrayLike<number>, out: Uint8Array): void;
  /** SHA-256 of meta.json, of every number of every row, and of the sizes of the picture files: names the data, cheap enough for every start. */
  hash(): string;
}

const vec3 = z.tuple([z.number(), z.number(), z.number()]);
const camera = z.strictObject({
  name: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  fovYRad: z.number().positive(),
  positionM: vec3,
  targetM: vec3,
});
const metaSchema = z.strictObject({
  format: z.literal(1),
  provenance: z.enum(["sim", "gazebo", "real"]),
  robot: z.string(),
  scene: z.record(z.string(), z.unknown()),
  play: z.enum(["scripted", "free"]),
  productVersion: z.string(),
  seed: z.int(),
  cameras: z.array(camera).min(1),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  controlPeriodS: z.number().positive(),
  action: z.strictObject({ axes: z.array(z.string()).min(1), scaleM: z.number().positive() }),
  toolHeightM: z.number().nullable(),
  columns: z.array(z.string()).min(1),
});

/** Throws `data.missing` for a folder without data, `data.corrupt` for files that do not fit each other. */
export function openDataset(folder: string): Dataset {
  const meta = readMeta(folder);
  const frameBytes = meta.cameras.length * meta.heightPx * meta.widthPx * 3;
  const shards = readdirSync(folder)
    .filter((name) => /^shard-\d+\.rows\.f32$/.test(name))
    .sort()
    .map((name) => openShard(folder, name, meta.columns.length, frameBytes));
  if (shards.length === 0) throw new AgentError("data.missing", `${folder}: holds no shard-*.rows.f32; run foresight collect first`);
  return new ShardedDataset(folder, meta, shards, frameBytes);
}

/** What data must be of; axes null when any will do. */
export interface ExpectedData {
  readonly robot: string;
  readonly cameras: readonly CameraSpec[];
  readonly axes: readonly string[] | null;
}

/** Refuses data of another robot, other cameras or other actions with `data.mismatch`. */
export function checkDataset({ folder, meta }: Dataset, expected: ExpectedData): void {
  const refuse = (what: string, there: unknown, wanted: unknown): never => {
    throw new AgentError(
      "data.mismatch",
      `${folder}: ${what} ${JSON.stringify(there)}, the launch file has ${JSON.stringify(wanted)}; collect with this launch file, or train with the one it was collected with`,
    );
  };
  if (meta.robot !== expected.robot) refuse("was collected with robot", meta.robot, expected.robot);
  if (expected.axes && meta.action.axes.join() !== expected.axes.join()) refuse("its actions move", meta.action.axes, expected.axes);
  if (meta.cameras.length !== expected.cameras.length) refuse("was seen by", meta.cameras.length, expected.cameras.length);
  for (const [i, camera] of meta.cameras.entries()) {
    if (!isDeepStrictEqual(camera, expected.cameras[i])) refuse(`camera ${i} is`, camera, expected.cameras[i]);
  }
}

function readMeta(folder: string): DatasetMeta {
  const path = join(folder, "meta.json");
  if (!existsSync(path))
    throw new AgentError("data.missing", `${path}: there is no such file; run foresight collect first, or name its folder`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new AgentError("data.corrupt", `${path}: is not JSON; collect again`, { cause });
  }
  const read = metaSchema.safeParse(content);
  if (!read.success) throw new AgentError("data.corrupt", `${path}: ${z.prettifyError(read.error)}; collect again`);
  return read.data as DatasetMeta;
}

interface Shard {
  readonly name: string;
  readonly rows: Float32Array;
  readonly count: number;
  readonly frames: number;
  readonly frameFileBytes: number;
}

function openShard(folder: string, name: string, columns: number, frameBytes: number): Shard {
  const framesPath = join(folder, name.replace(".rows.f32", ".frames.u8"));
  const bytes = readFileSync(join(folder, name));
  if (!existsSync(framesPath))
    throw new AgentError("data.missing", `${framesPath}: there is no such file, but ${name} is there; collect that shard again`);
  const count = bytes.length / (4 * columns);
  const frameFileBytes = statSync(framesPath).size;
  const frames = frameFileBytes / frameBytes;
  if (!Number.isInteger(count) || frames !== count) {
    throw new AgentError(
      "data.corrupt",
      `${join(folder, name)} holds ${count.toFixed(2)} rows of ${columns} numbers and ${framesPath} ${frames.toFixed(2)} rows of pictures; a shard was cut off: run foresight collect again, which goes on from whole episodes`,
    );
  }
  const rows = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return { name, rows, count, frames: openSync(framesPath, "r"), frameFileBytes };
}

class ShardedDataset implements Dataset {
  readonly folder: string;
  readonly meta: DatasetMeta;
  readonly rowCount: number;
  readonly freshRows: number;
  readonly #shards: readonly Shard[];
  readonly #firstRows: readonly number[];
  readonly #frameBytes: number;

  constructor(folder: string, meta: DatasetMeta, shards: readonly Shard[], frameBytes: number) {
    this.folder = folder;
    this.meta = meta;
    this.#shards = shards;
    this.#frameBytes = frameBytes;
    this.#firstRows = shards.map((_, i) => shards.slice(0, i).reduce((sum, { count }) => sum + count, 0));
    this.rowCount = shards.reduce((sum, { count }) => sum + count, 0);
    this.freshRows = this.rowCount;
  }

  columns(names: readonly string[]): Float32Array {
    const indices = names.map((name) => this.meta.columns.indexOf(name));
    const missing = names.find((_, i) => indices[i] === -1);
    if (missing) throw new AgentError("data.mismatch", `${this.folder}: has no column "${missing}", only ${this.meta.columns.join(", ")}`);
    const out = new Float32Array(this.rowCount * names.length);
    let at = 0;
    for (const { rows, count } of this.#shards) {
      for (let row = 0; row < count; row++) for (const index of indices) out[at++] = rows[row * this.meta.columns.length + index] as number;
    }
    return out;
  }

  framesInto(rows: ArrayLike<number>, out: Uint8Array): void {
    const size = this.#frameBytes;
    invariant(out.length >= rows.length * size, `framesInto: ${rows.length} rows need ${rows.length * size} bytes, ${out.length} given`);
    for (let i = 0; i < rows.length; ) {
      const { shard, row } = this.#locate(rows[i] as number);
      let run = 1;
      while (i + run < rows.length && rows[i + run] === (rows[i] as number) + run && row + run < shard.count) run++;
      const read = readSync(shard.frames, out, i * size, run * size, row * size);
      if (read !== run * size) {
        throw new AgentError(
          "data.corrupt",
          `${join(this.folder, shard.name)}: the pictures of row ${row} end early; collect that shard again`,
        );
      }
      i += run;
    }
  }

  hash(): string {
    const digest = createHash("sha256").update(JSON.stringify(this.meta));
    for (const { name, rows, frameFileBytes } of this.#shards) {
      digest.update(`${name} ${frameFileBytes}`).update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    }
    return digest.digest("hex");
  }

  [Symbol.dispose](): void {
    for (const { frames } of this.#shards) closeSync(frames);
  }

  #locate(row: number): { shard: Shard; row: number } {
    invariant(row >= 0 && row < this.rowCount, `row ${row} of ${this.rowCount}`);
    let i = this.#firstRows.length - 1;
    while ((this.#firstRows[i] as number) > row) i--;
    return { shard: this.#shards[i] as Shard, row: row - (this.#firstRows[i] as number) };
  }
}
