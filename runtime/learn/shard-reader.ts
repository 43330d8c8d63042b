/** Opens one shard: its rows in memory, its pictures looked through once; what is cut off, of other data, or holds what cannot be is refused by name. */
import { createHash } from "node:crypto";
import { closeSync, existsSync, readSync } from "node:fs";
import { join } from "node:path";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { parseJson } from "../core/json.ts";
import { openPlainFile, readPlainFile, readPlainText } from "../core/plain-file.ts";
import { rowProblem } from "./row-check.ts";
import { SEAL_BYTES_MAX, type ShardSeal, sealSchema, sha256, shardName } from "./shard-seal.ts";

export interface Shard {
  /** Such as shard-000. */
  readonly name: string;
  readonly rows: Float32Array;
  readonly count: number;
  /** Descriptor of the pictures; whoever opens the shard closes it. */
  readonly frames: number;
  readonly rowsSha256: string;
  readonly framesSha256: string;
  readonly seal: ShardSeal | null;
}

export interface ShardPlace {
  readonly folder: string;
  readonly index: number;
  readonly columns: readonly string[];
  /** Of all pictures of a row. */
  readonly frameBytes: number;
  readonly metaSha256: string;
}

/** Ten thousand times the rows of a shard that we write. */
const ROWS_BYTES_MAX = 2 ** 30;
const COLLECT_AGAIN = { code: "data.corrupt", remedy: "collect that shard again" } as const;

/** Throws `data.missing` and `data.corrupt`. */
export function openShard({ folder, index, columns, frameBytes, metaSha256 }: ShardPlace): Shard {
  const name = shardName(index);
  const path = (ending: string): string => join(folder, `${name}.${ending}`);
  const bytes = readPlainFile(path("rows.f32"), { ...COLLECT_AGAIN, bytesMax: ROWS_BYTES_MAX });
  if (!existsSync(path("frames.u8")))
    throw new AgentError(
      "data.missing",
      `${path("frames.u8")}: there is no such file, but ${name}.rows.f32 is there; collect that shard again`,
    );
  const count = bytes.length / (4 * columns.length);
  const { file: frames, size } = openFrames(path("frames.u8"));
  try {
    if (!Number.isInteger(count) || size !== count * frameBytes) {
      const pictures = frameBytes > 0 ? (size / frameBytes).toFixed(2) : "0.00";
      throw new AgentError(
        "data.corrupt",
        `${path("rows.f32")} holds ${count.toFixed(2)} rows of ${columns.length} numbers and ${path("frames.u8")} ${pictures} rows of pictures; a shard was cut off: run foresight collect again, which goes on from whole episodes`,
      );
    }
    const rows = new Float32Array(bytes.buffer);
    const problem = rowProblem(rows, columns);
    if (problem) throw new AgentError("data.corrupt", `${path("rows.f32")}: ${problem}; collect that shard again`);
    const framesSha256 = lookThrough(frames, { frameBytes, count, path: path("frames.u8") });
    const shard = { name, rows, count, frames, rowsSha256: sha256(bytes), framesSha256 };
    const seal = existsSync(path("json")) ? readSeal(path("json")) : null;
    if (seal) checkSeal(path("json"), seal, { shard: index, rows: count, rowsSha256: shard.rowsSha256, framesSha256, metaSha256 });
    return { ...shard, seal };
  } catch (error) {
    closeSync(frames);
    throw error;
  }
}

function openFrames(path: string): { readonly file: number; readonly size: number } {
  try {
    return openPlainFile(path, Number.POSITIVE_INFINITY); // Read in parts.
  } catch (cause) {
    throw new AgentError("data.corrupt", `cannot read ${path} (${faultOf(cause)}); collect that shard again`, { cause });
  }
}

function readSeal(path: string): ShardSeal {
  const text = readPlainText(path, { ...COLLECT_AGAIN, bytesMax: SEAL_BYTES_MAX });
  try {
    return sealSchema.parse(parseJson(text));
  } catch (cause) {
    throw new AgentError("data.corrupt", `${path}: is no seal of a shard; collect that shard again`, { cause });
  }
}

type Checked = Omit<ShardSeal, "source">;

const SAYS: Readonly<Record<keyof Checked, string>> = {
  shard: "it is of another shard",
  rows: "it has another number of rows",
  rowsSha256: "its rows are not those that were written",
  framesSha256: "its pictures are not those that were written",
  metaSha256: "it was collected with another meta.json: it is of other data, or meta.json was changed",
};

function checkSeal(path: string, seal: Checked, there: Checked): void {
  const wrong = (Object.keys(SAYS) as (keyof Checked)[]).find((key) => seal[key] !== there[key]);
  if (wrong) throw new AgentError("data.corrupt", `${path}: ${SAYS[wrong]}; collect that shard again`);
}

interface Frames {
  readonly path: string;
  readonly frameBytes: number;
  readonly count: number;
}

/** The hash of all pictures; pictures of one colour alone show nothing, and are refused. */
function lookThrough(frames: number, { path, frameBytes, count }: Frames): string {
  const hash = createHash("sha256");
  if (frameBytes === 0) return hash.digest("hex"); // Collected without cameras.
  const row = new Uint8Array(frameBytes);
  let plainRows = 0;
  for (let i = 0; i < count; i++) {
    if (readSync(frames, row, 0, frameBytes, i * frameBytes) !== frameBytes)
      throw new AgentError("data.corrupt", `${path}: the pictures of row ${i} end early; collect that shard again`);
    hash.update(row);
    if (row.every((value) => value === row[0])) plainRows++; // Ends at the first that differs.
  }
  if (count > 0 && plainRows === count)
    throw new AgentError(
      "data.corrupt",
      `${path}: its pictures are of one colour and show nothing; look at the camera, and collect that shard again`,
    );
  return hash.digest("hex");
}
