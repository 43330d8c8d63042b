/** Reads a data set from disk: its numbers in memory, its pictures row by row as they are asked for. */
import { createHash } from "node:crypto";
import { closeSync, existsSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { axisSchema } from "../core/axis-schema.ts";
import { BOUNDS, placeIn, within } from "../core/bounds.ts";
import { AgentError, invariant } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { parseJson } from "../core/json.ts";
import { AXIS_NAMES } from "../core/model.ts";
import { objections } from "../core/objections.ts";
import { readPlainText } from "../core/plain-file.ts";
import type { CameraSpec } from "../core/sensing.ts";
import { axesOfData, signalsOf } from "./data-axes.ts";
import { type DatasetMeta, META_BYTES_MAX } from "./dataset-writer.ts";
import { openShard, type Shard } from "./shard-reader.ts";
import { type ShardSource, sha256, shardName } from "./shard-seal.ts";

export interface Dataset extends Disposable {
  readonly folder: string;
  readonly meta: DatasetMeta;
  readonly rowCount: number;
  /** The first so many rows are what is learned from; those behind them are rehearsed beside it (rehearsal.ts). */
  readonly freshRows: number;
  /** Of what is trained on, so much is of the rows that are rehearsed, 0..1; 0 where there are none. */
  readonly rehearsedShare: number;
  /** Of all rows, shard by shard; null for play that was collected. */
  readonly sources: readonly { readonly rows: number; readonly source: ShardSource | null }[];
  /** The named columns of all rows, (rows, names), row by row. */
  columns(names: readonly string[]): Float32Array;
  /** Reads the pictures of the given rows into `out` (rows, cameras, height, width, 3); rows that follow each other are one read. */
  framesInto(rows: ArrayLike<number>, out: Uint8Array): void;
  /** SHA-256 of meta.json, of every number of every row and of every picture: names the data. */
  hash(): string;
  /** False for data of an earlier version: nothing tells whether they are those that were collected. */
  readonly isSealed: boolean;
}

const camera = z.strictObject({
  name: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  fovYRad: within(BOUNDS.fovRad),
  positionM: placeIn,
  targetM: placeIn,
});
const SPACE: readonly string[] = ["x", "y", "z"];
const metaSchema = z
  .strictObject({
    format: z.literal(1),
    provenance: z.enum(["sim", "gazebo", "real"]),
    robot: z.string(),
    scene: z.record(z.string(), z.unknown()),
    play: z.enum(["scripted", "free", "led", "run"]),
    productVersion: z.string(),
    seed: z.int(),
    cameras: z.array(camera),
    widthPx: z.int().nonnegative(),
    heightPx: z.int().nonnegative(),
    controlPeriodS: within(BOUNDS.periodS),
    action: z.strictObject({
      axes: z.array(z.enum(AXIS_NAMES)).min(1),
      scaleM: within(BOUNDS.stepM),
      others: z.array(axisSchema).optional(),
    }),
    toolHeightM: within(BOUNDS.placeM).nullable(),
    columns: z
      .array(z.string())
      .min(1)
      .refine((names) => new Set(names).size === names.length, "a column is named twice"),
  })
  .superRefine((meta, context) => {
    for (const [key, message] of disagreements(meta)) context.addIssue({ code: "custom", path: [key], message });
  });

/** What a description of data says against itself. */
function disagreements(
  meta: Pick<DatasetMeta, "action" | "toolHeightM" | "cameras" | "widthPx" | "heightPx" | "columns">,
): [string, string][] {
  const { action, toolHeightM, cameras, widthPx, heightPx, columns } = meta;
  const axes = axesOfData(action);
  const untold = axes.find(({ name, unit }) => unit === "m" && !SPACE.includes(name));
  const needed = ["episode", "step", ...signalsOf(axes), ...action.axes.map((axis) => `action.${axis}`)];
  const lacking = needed.find((name) => !columns.includes(name));
  const other = cameras.find((camera) => camera.widthPx !== widthPx || camera.heightPx !== heightPx);
  return [
    ...(action.axes.includes("z") === (toolHeightM === null)
      ? []
      : [
          [
            "toolHeightM",
            `${toolHeightM} beside the action axes ${action.axes.join(", ")}; it is a height where z is none of them, else null`,
          ] as [string, string],
        ]),
    ...(other
      ? [
          ["cameras", `"${other.name}" is ${other.widthPx}x${other.heightPx} px, the pictures are ${widthPx}x${heightPx} px`] as [
            string,
            string,
          ],
        ]
      : []),
    ...(cameras.length === 0 && widthPx * heightPx > 0
      ? [["cameras", `none, but pictures of ${widthPx}x${heightPx} px; write 0 where there are none`] as [string, string]]
      : []),
    ...(untold ? [["action", `"${untold.name}" is no displacement; others must say its unit, scale and kind`] as [string, string]] : []),
    ...(lacking ? [["columns", `"${lacking}" is missing`] as [string, string]] : []),
  ];
}

/** Throws `data.missing` for a folder without data or with a shard missing, `data.corrupt` for files that are not whole, not of these data, or hold what cannot be. */
export function openDataset(folder: string): Dataset {
  const { meta, metaSha256 } = readMeta(folder);
  const frameBytes = meta.cameras.length * meta.heightPx * meta.widthPx * 3;
  const indices = readdirSync(folder)
    .flatMap((name) => /^shard-(\d+)\.rows\.f32$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  if (indices.length === 0) throw new AgentError("data.missing", `${folder}: holds no shard-*.rows.f32; run foresight collect first`);
  const gap = indices.findIndex((index, i) => index !== i);
  if (gap !== -1)
    throw new AgentError(
      "data.missing",
      `${folder}: ${shardName(gap)} is missing, ${shardName(indices[gap]!)} is there; give the same foresight collect again`,
    );
  const shards: Shard[] = [];
  try {
    for (const index of indices) shards.push(openShard({ folder, index, columns: meta.columns, frameBytes, metaSha256 }));
    refuseForeign(folder, shards);
  } catch (error) {
    for (const { frames } of shards) closeSync(frames);
    throw error;
  }
  return new ShardedDataset(folder, meta, shards, frameBytes);
}

/** A shard that is another one again, or that is not sealed where the others are. */
function refuseForeign(folder: string, shards: readonly Shard[]): void {
  const isSealed = shards.some(({ seal }) => seal !== null);
  for (const [i, { name, seal, rowsSha256 }] of shards.entries()) {
    const twin = shards.slice(0, i).find((other) => other.rowsSha256 === rowsSha256);
    if (twin)
      throw new AgentError("data.corrupt", `${folder}: ${name} holds the same rows as ${twin.name}; remove it and collect it again`);
    if (isSealed && seal === null)
      throw new AgentError(
        "data.corrupt",
        `${folder}: ${name} has no seal (${name}.json) as the others have, so it was not collected with them; remove it and collect it again`,
      );
  }
}

/** What data must be of; null where any will do. */
export interface ExpectedData {
  readonly robot: string;
  readonly cameras: readonly CameraSpec[] | null;
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
  if (!expected.cameras) return;
  if (meta.cameras.length !== expected.cameras.length) refuse("was seen by", meta.cameras.length, expected.cameras.length);
  for (const [i, camera] of meta.cameras.entries()) {
    if (!isDeepStrictEqual(camera, expected.cameras[i])) refuse(`camera ${i} is`, camera, expected.cameras[i]);
  }
}

function readMeta(folder: string): { readonly meta: DatasetMeta; readonly metaSha256: string } {
  const path = join(folder, "meta.json");
  if (!existsSync(path))
    throw new AgentError("data.missing", `${path}: there is no such file; run foresight collect first, or name its folder`);
  const text = readPlainText(path, { bytesMax: META_BYTES_MAX, code: "data.corrupt", remedy: "collect again" });
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (cause) {
    throw new AgentError("data.corrupt", `${path}: is not JSON (${faultOf(cause)}); collect again`, { cause });
  }
  return { meta: parseMeta(content, path), metaSha256: sha256(text) };
}

/** Throws `data.corrupt` naming `where`. */
export function parseMeta(content: unknown, where: string): DatasetMeta {
  const read = metaSchema.safeParse(content);
  if (!read.success) throw new AgentError("data.corrupt", `${where}: ${objections(read.error)}; collect again`);
  return read.data as DatasetMeta;
}

class ShardedDataset implements Dataset {
  readonly folder: string;
  readonly meta: DatasetMeta;
  readonly rowCount: number;
  readonly freshRows: number;
  readonly rehearsedShare = 0;
  readonly sources: Dataset["sources"];
  readonly isSealed: boolean;
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
    this.sources = shards.map(({ count, seal }) => ({ rows: count, source: seal?.source ?? null }));
    this.isSealed = shards.every(({ seal }) => seal !== null);
  }

  columns(names: readonly string[]): Float32Array {
    const indices = names.map((name) => this.meta.columns.indexOf(name));
    const missing = names.find((_, i) => indices[i] === -1);
    if (missing)
      throw new AgentError(
        "data.mismatch",
        `${this.folder}: has no column "${missing}", only ${this.meta.columns.join(", ")}; collect it again with that column`,
      );
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
    for (const { name, rowsSha256, framesSha256 } of this.#shards) digest.update(`${name} ${rowsSha256} ${framesSha256}\n`);
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
