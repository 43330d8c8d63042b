/** `foresight pull`: a version of what was pushed comes into a folder, checked to the last byte; what was there is kept beside, whole. */
import { closeSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import { parseJson } from "../../runtime/core/json.ts";
import { kindOf } from "../../runtime/core/own-files.ts";
import { exchangeFolders, type FolderKind, OwnFolder, placeToExchange } from "../../runtime/core/own-folder.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { checkItem, type Item, PART_BYTES, PULLED, partName, readItem } from "./item.ts";
import { checkName, idOf, megabytes, newestVersion, type StoreIo } from "./push.ts";
import { STORE_NAME, type Store } from "./store.ts";

export interface PullFlags {
  readonly name: string;
  /** The folder that it becomes. */
  readonly to: string;
  /** Default: the newest. */
  readonly at?: number;
  /** So many versions before the newest; 1 rolls back. */
  readonly back?: number;
}

export interface Pulled {
  readonly name: string;
  readonly version: number;
  readonly id: string;
  readonly kind: Item["kind"];
  /** Where what was there is kept; null where there was nothing. */
  readonly kept: string | null;
}

const DRAFT: FolderKind = {
  what: "pull",
  marker: PULLED,
  owns: STORE_NAME,
  code: "data.corrupt",
  elsewhere: "give another --to",
  retry: "free some space and give the same command again, it goes on from the files that are whole",
};

/** Throws AgentErrors of the store, `data.missing` and `data.corrupt` for what is not as it was pushed, and the signal's reason; then the folder is as it was. */
export async function pull(store: Store, flags: PullFlags, io: StoreIo): Promise<Pulled> {
  const name = checkName(flags.name);
  const version = await versionOf(store, name, flags, io.signal);
  const id = await idOf(store, name, version, io.signal);
  const item = await readItem(store, id, io.signal);
  const place = placeFor(flags.to, item);
  const draft = `${place}.pulling`;
  const own = beginDraft(draft, { name, version, id });
  for (const file of item.files) if (!own.has(file.name)) await pullFile(store, own, file, io);
  await checkItem(item, draft);
  return { name, version, id, kind: item.kind, kept: putInPlace(draft, place) };
}

async function versionOf(store: Store, name: string, { at, back = 0 }: PullFlags, signal: AbortSignal): Promise<number> {
  if (at !== undefined) return at;
  const newest = await newestVersion(store, name, signal);
  if (newest - back >= 1) return newest - back;
  const there = newest === 0 ? "nothing of that name" : `${newest} version${newest === 1 ? "" : "s"} of it`;
  throw new AgentError(
    "data.missing",
    `${name}: the store has ${there}, so there is none to pull${back > 0 ? ` ${back} before the newest` : ""}; push one first, or ask for another`,
  );
}

const MARKERS = { model: "model.json", data: "meta.json", recording: PULLED } as const;

/** Only what is of the same kind gives way. */
function placeFor(to: string, { kind }: Item): string {
  const place = orRefuse(`--to ${to}: cannot be used`, "name another folder", () => placeToExchange(to));
  if (kindOf(place) === "nothing" || kindOf(join(place, MARKERS[kind])) === "file") return place;
  throw new AgentError(
    "launch.invalid",
    `--to ${place}: there is something else (no ${MARKERS[kind]}), and it is left as it is; name another folder`,
  );
}

const putInPlace = (draft: string, place: string): string | null =>
  orRefuse(`${place}: could not be exchanged`, `what was pulled is whole in ${draft}: move it yourself`, () =>
    exchangeFolders(draft, place),
  );

function orRefuse<T>(what: string, remedy: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new AgentError("data.corrupt", `${what} (${faultOf(cause)}); ${remedy}`, { cause });
  }
}

/** What an interrupted pull of the same item has brought is used; of another it is removed. */
function beginDraft(draft: string, from: { readonly name: string; readonly version: number; readonly id: string }): OwnFolder {
  if (kindOf(draft) === "folder" && kindOf(join(draft, PULLED)) !== "file" && readdirSync(draft).length > 0)
    throw new AgentError("data.corrupt", `${draft}: holds something and is no pull of ours; move it, or give another --to`);
  const own = new OwnFolder(draft, DRAFT);
  if (own.has(PULLED) && idIn(own) !== from.id) own.removeOwn();
  own.replace(PULLED, `${JSON.stringify({ format: 1, ...from }, null, 2)}\n`);
  return own;
}

/** Of which item the folder is a draft; undefined where that cannot be read. */
function idIn(own: OwnFolder): unknown {
  try {
    return (parseJson(own.text(PULLED, 10_000)) as { id?: unknown } | null)?.id;
  } catch {
    return undefined;
  }
}

/** A file of a folder of ours, each of its parts checked. Throws as `pull`; then nothing is left of it. */
export async function pullFile(
  store: Store,
  own: OwnFolder,
  { name, bytes, parts }: Item["files"][number],
  { progress, signal }: StoreIo,
): Promise<void> {
  const file = own.open(name);
  let written = 0;
  try {
    for (const hash of parts) {
      signal.throwIfAborted();
      const part = await store.get(partName(hash), PART_BYTES, signal);
      if (!part) throw new AgentError("data.missing", `${name}: the store lacks a part of it (${hash.slice(0, 12)}); push it again`);
      if (sha256(part) !== hash)
        throw new AgentError(
          "data.corrupt",
          `${name}: a part of it in the store was changed (${hash.slice(0, 12)}); push it into another store`,
        );
      own.append(name, file, part);
      written += part.length;
      progress(`${name}: ${megabytes(written)} of ${megabytes(bytes)}`);
    }
    if (written !== bytes) throw new AgentError("data.corrupt", `${name}: its parts have ${written} bytes, it had ${bytes}; push it again`);
  } catch (error) {
    own.discard(name);
    throw error;
  } finally {
    closeSync(file);
  }
  own.keep(name);
}
