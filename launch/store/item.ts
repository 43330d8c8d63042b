/** What is pushed and pulled: a model package, a data set or a recording, as a list of files in parts that are named by their hash. */
import { readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import * as z from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import { parseJson } from "../../runtime/core/json.ts";
import { MODEL_ROLES } from "../../runtime/core/model.ts";
import { objections } from "../../runtime/core/objections.ts";
import { kindOf } from "../../runtime/core/own-files.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { checkMcap } from "../../runtime/record/mcap/read.ts";
import { orUnreadable } from "../../runtime/record/recording.ts";
import { STORE_NAME, type Store } from "./store.ts";

/** A part that was interrupted is all that is sent again. */
export const PART_BYTES = 8 * 2 ** 20;
/** Says where a folder was pulled from; no file of an item is called so, or it would count as pulled already. */
export const PULLED = "pulled.json";
const ITEM_BYTES_MAX = 64 * 2 ** 20;
export const ITEM_KINDS = ["model", "data", "recording"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const itemSchema = z
  .strictObject({
    format: z.literal(1),
    kind: z.enum(ITEM_KINDS),
    files: z
      .array(z.strictObject({ name: z.string().regex(STORE_NAME), bytes: z.int().min(0), parts: z.array(hash) }))
      .min(1)
      .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, "a file is there twice")
      .refine((files) => files.every(({ bytes, parts }) => parts.length === Math.ceil(bytes / PART_BYTES)), "parts are missing")
      .refine((files) => files.every(({ name }) => name !== PULLED), `${PULLED} is what a pull writes itself`),
  })
  .refine(
    ({ kind, files }) => kind !== "recording" || (files.length === 1 && extname(files[0]!.name) === ".mcap"),
    "a recording is one .mcap file",
  );
export type Item = z.output<typeof itemSchema>;

export const partName = (hash: string): string => `part-${hash}`;
export const itemName = (id: string): string => `item-${id}.json`;
export const versionName = (name: string, version: number): string => `${name}.v${version}`;
/** More versions of one name than anybody makes. */
export const VERSIONS_MAX = 9999;

/** The item of this id, whose text has that hash. Throws AgentErrors `data.missing` and `data.corrupt`. */
export async function readItem(store: Store, id: string, signal: AbortSignal): Promise<Item> {
  const bytes = await store.get(itemName(id), ITEM_BYTES_MAX, signal);
  if (!bytes) throw new AgentError("data.missing", `the store has no item ${id}; push it again`);
  const corrupt = (why: string): AgentError =>
    new AgentError("data.corrupt", `the item ${id} in the store is not what was pushed (${why}); push it again`);
  if (sha256(bytes) !== id) throw corrupt("its hash is another");
  const parsed = itemSchema.safeParse(jsonOf(bytes, corrupt));
  if (parsed.success) return parsed.data;
  throw corrupt(objections(parsed.error, "its top"));
}

function jsonOf(bytes: Uint8Array, corrupt: (why: string) => AgentError): unknown {
  try {
    return parseJson(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw corrupt((error as Error).message);
  }
}

export interface Found {
  readonly kind: ItemKind;
  readonly folder: string;
  readonly files: readonly string[];
}

/** What lies at a path, whole and checked as for use; of a recording, which may be cut off and is of any size, only that it is one. Throws AgentErrors of model packages, data sets and recordings, `data.missing` for anything else. */
export async function findItem(path: string): Promise<Found> {
  if (kindOf(path) === "file" && extname(path) === ".mcap") {
    await orUnreadable(path, async () => checkMcap(path));
    return { kind: "recording", folder: dirname(path), files: [basename(path)] };
  }
  if (kindOf(join(path, "model.json")) === "file") return { kind: "model", folder: path, files: await filesOfModel(path) };
  if (kindOf(join(path, "meta.json")) === "file") return { kind: "data", folder: path, files: filesOfData(path) };
  throw new AgentError(
    "data.missing",
    `${path}: is no model package (model.json), no data set (meta.json) and no recording (.mcap); give the folder or file of one`,
  );
}

/** Whether what was pulled can be used. Throws as `findItem`. */
export async function checkItem({ kind, files }: Item, folder: string): Promise<void> {
  const path = join(folder, files[0]!.name);
  if (kind === "recording") await orUnreadable(path, async () => checkMcap(path));
  if (kind === "model") await filesOfModel(folder);
  if (kind === "data") filesOfData(folder);
}

async function filesOfModel(folder: string): Promise<readonly string[]> {
  const { spec } = await loadModelPackage(folder);
  const networks = MODEL_ROLES.flatMap((role) => spec.files[role]?.file ?? []);
  const beside = readdirSync(folder).filter((name) => ["README.md", "training.json", "sights.json"].includes(name));
  return ["model.json", ...new Set(networks), ...beside];
}

function filesOfData(folder: string): readonly string[] {
  openDataset(folder)[Symbol.dispose]();
  return readdirSync(folder)
    .filter((name) => /^(meta\.json|shard-\d{3,}\.(frames\.u8|rows\.f32|json))$/.test(name))
    .sort();
}
