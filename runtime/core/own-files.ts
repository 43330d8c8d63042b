/** Writes, replaces and removes files for everybody: plain ones, whole or not at all, never through a link. Throws the system's errors and FileFaults. */
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, renameSync, type Stats, statSync, unlinkSync, writeSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FileFault } from "./file-fault.ts";

export type PathKind = "nothing" | "file" | "folder" | "link" | "other";

/** What lies at a path; a link is a link, whatever it leads to, and nothing lies in a file. */
export function kindOf(path: string): PathKind {
  const found = lookAt(path);
  if (!found) return "nothing";
  return found.isFile() ? "file" : found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "other";
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** With all that is missing above it; step by step, since mkdir -p of Node's answers ENOENT for a read-only disk. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(resolve(path));
  if (above !== resolve(path)) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error; // Else another process was faster.
  }
}

/** Of a file that is being written and has not got its name yet. */
export const draftOf = (path: string): string => `${path}.partial`;

/** A new file to write to; what an interrupted writer left under that name is removed first, a link as a link. The caller closes it. */
export function openDraft(path: string): number {
  removeFile(draftOf(path));
  return openSync(draftOf(path), "wx", 0o644);
}

/** The draft gets its name in one step, in the place of a plain file that had it. */
export function nameDraft(path: string): void {
  refuseOther(path);
  renameSync(draftOf(path), path);
}

/** Either the old or the new content is there, whenever the power goes; on failure nothing is left of the new. */
export function replaceFile(path: string, content: Uint8Array | string): void {
  refuseOther(path);
  const file = openDraft(path);
  try {
    writeAll(file, typeof content === "string" ? Buffer.from(content) : content);
    fsyncSync(file);
    closeSync(file);
    nameDraft(path);
  } catch (error) {
    closeQuietly(file);
    unlinkSync(draftOf(path));
    throw error;
  }
}

/** A file where there is none, else EEXIST; where it cannot be written (a full disk) nothing is left of it. */
export function createFile(path: string, content: string): void {
  const file = openSync(path, "wx", 0o644);
  try {
    writeAll(file, Buffer.from(content));
    closeSync(file);
  } catch (error) {
    closeQuietly(file);
    unlinkSync(path);
    throw error;
  }
}

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** A file or a link, never what the link leads to; nothing happens where there is nothing. */
export function removeFile(path: string): void {
  const kind = kindOf(path);
  if (kind === "folder" || kind === "other") throw new FileFault(`${path} is in the way and is no file of ours; move it`);
  if (kind !== "nothing") unlinkSync(path);
}

/** A socket and nothing else; nothing happens where there is nothing. */
export function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) throw new FileFault(`${path} is in the way and is no socket; move it, or name another place`);
  if (found) unlinkSync(path);
}

/** Why a file of this name could not be written, as far as it can be known without a trace; throws. Folders that are missing on the way count as makeable. */
export async function tryWriting(path: string): Promise<void> {
  refuseOther(path);
  let folder = dirname(resolve(path));
  while (kindOf(folder) === "nothing" && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) throw new FileFault(`ENOTDIR: ${folder} is a file`);
  await access(folder, constants.W_OK | constants.X_OK);
}

function refuseOther(path: string): void {
  const kind = kindOf(path);
  if (kind === "file" || kind === "nothing") return;
  throw new FileFault({ folder: "EISDIR: it is a folder", link: "it is a link, and links are not followed", other: "it is no file" }[kind]);
}

function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // It was closed already.
  }
}
