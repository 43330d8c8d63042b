/** `foresight push`: a model package, a data set or a recording goes into a store, as the next version of its name; what is there already is not sent again. */
import { closeSync, readSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { FileFault, faultOf } from "../../runtime/core/file-fault.ts";
import { openPlainFile } from "../../runtime/core/plain-file.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { findItem, type Item, itemName, PART_BYTES, partName, VERSIONS_MAX, versionName } from "./item.ts";
import { STORE_NAME, type Store } from "./store.ts";

export interface StoreIo {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface Pushed {
  readonly name: string;
  readonly version: number;
  readonly id: string;
  readonly kind: Item["kind"];
  readonly bytes: number;
  /** Of them, those that were not there. */
  readonly sentBytes: number;
}

/** Throws AgentErrors of what lies there and of the store, and the signal's reason. */
export async function push(store: Store, path: string, name: string | undefined, io: StoreIo): Promise<Pushed> {
  const called = checkName(name ?? basename(resolve(path), extname(path)));
  const { kind, folder, files: names } = await findItem(path);
  const files: Item["files"] = [];
  let sentBytes = 0;
  for (const file of names) {
    const sent = await pushFile(store, join(folder, file), io);
    files.push({ name: file, bytes: sent.bytes, parts: sent.parts });
    sentBytes += sent.sentBytes;
  }
  const text = Buffer.from(JSON.stringify({ format: 1, kind, files } satisfies Item));
  const id = sha256(text);
  await store.add(itemName(id), text, io.signal);
  const version = await nameIt(store, called, id, io.signal);
  return { name: called, version, id, kind, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), sentBytes };
}

export function checkName(name: string): string {
  if (STORE_NAME.test(name) && !/\.v\d+$/.test(name)) return name;
  throw new AgentError(
    "launch.invalid",
    `--name ${name}: is no name for a store (letters, digits, dot, dash and underscore, no ".v" and number at its end); choose another`,
  );
}

/** Sends what is not there of a file, in parts of so many bytes. Throws as `push`. */
export async function pushFile(store: Store, path: string, { progress, signal }: StoreIo, partBytes = PART_BYTES) {
  const parts: string[] = [];
  let sentBytes = 0;
  const { file, size } = orUnreadable(path, () => openPlainFile(path, Number.MAX_SAFE_INTEGER));
  try {
    for (let at = 0; at < size; at += partBytes) {
      signal.throwIfAborted();
      const bytes = readPart(file, path, at, Math.min(partBytes, size - at));
      const hash = sha256(bytes);
      parts.push(hash);
      if (!(await store.has(partName(hash), signal)) && (await store.add(partName(hash), bytes, signal))) sentBytes += bytes.length;
      progress(`${basename(path)}: ${megabytes(at + bytes.length)} of ${megabytes(size)}`);
    }
  } finally {
    closeSync(file);
  }
  return { bytes: size, parts, sentBytes };
}

function readPart(file: number, path: string, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return orUnreadable(path, () => {
    for (let read = 0; read < length; ) {
      const count = readSync(file, bytes, read, length - read, at + read);
      if (count === 0) throw new FileFault(`it ended at ${at + read} bytes while it was read`);
      read += count;
    }
    return bytes;
  });
}

function orUnreadable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AgentError("data.corrupt", `${path}: cannot be read (${faultOf(cause)}); look at the file and its disk`, { cause });
  }
}

/** The same thing again is no new version. */
async function nameIt(store: Store, name: string, id: string, signal: AbortSignal): Promise<number> {
  for (let version = Math.max(1, await newestVersion(store, name, signal)); version <= VERSIONS_MAX; version++) {
    if (await store.add(versionName(name, version), Buffer.from(id), signal)) return version;
    if ((await idOf(store, name, version, signal)) === id) return version;
  }
  throw new AgentError("data.mismatch", `${name}: the store has ${VERSIONS_MAX} versions of it; give another --name`);
}

/** 0 where there is none. */
export async function newestVersion(store: Store, name: string, signal: AbortSignal): Promise<number> {
  let version = 0;
  while (version < VERSIONS_MAX && (await store.has(versionName(name, version + 1), signal))) version++;
  return version;
}

/** Throws AgentErrors `data.missing` and `data.corrupt`. */
export async function idOf(store: Store, name: string, version: number, signal: AbortSignal): Promise<string> {
  const bytes = await store.get(versionName(name, version), 1000, signal);
  if (!bytes)
    throw new AgentError(
      "data.missing",
      `${name}: the store has no version ${version} of it; give one up to ${await newestVersion(store, name, signal)}, the newest`,
    );
  const id = Buffer.from(bytes).toString("utf8");
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  throw new AgentError("data.corrupt", `${name}: version ${version} in the store names no item; push it again`);
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
