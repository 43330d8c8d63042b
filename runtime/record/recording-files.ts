/** The files of recordings: which may be replaced, how the parts of a long one are called, and what became of one that was written. */
import { closeSync, lstatSync, openSync, readSync } from "node:fs";
import { extname } from "node:path";
import { McapStreamReader } from "@mcap/core";
import { FileFault } from "../core/file-fault.ts";
import { kindOf, removeFile } from "../core/own-files.ts";
import { LIBRARY } from "./mcap/library.ts";

/** Of a run that goes on in a second file: run.mcap, run.2.mcap, run.3.mcap. */
export function partOf(file: string, part: number): string {
  if (part === 1) return file;
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}.${part}${extension}`;
}

export const PARTS_MAX = 10_000;

/** Throws a FileFault where a run could not be recorded, or not go on in its second file. */
export function refuseOthers(file: string, force: boolean): void {
  for (const part of [1, 2]) refuseOther(partOf(file, part), force);
}

/** Throws a FileFault for what is there and may not be replaced: nothing but a recording ever is, and that only by force. */
export function refuseOther(file: string, force: boolean): void {
  const kind = kindOf(file);
  if (kind === "nothing") return;
  if (kind !== "file")
    throw new FileFault(kind === "folder" ? "it is a folder" : `it is a ${kind === "link" ? "link" : "pipe or device"}, not a file`);
  if (!isRecording(file)) throw new FileFault("there is a file that is no recording, and it is left as it is");
  if (!force) throw new FileFault("there is a recording already: --force replaces it");
}

/** All parts of an older run of that name, so that none of them seems to belong to the new one. */
export function removeParts(file: string): void {
  for (let part = 1; part <= PARTS_MAX; part++) {
    const name = partOf(file, part);
    if (part > 1 && (kindOf(name) !== "file" || !isRecording(name))) return;
    removeFile(name);
  }
}

/** A new and empty file. Throws the system's error. */
export const createFile = (file: string): number => openSync(file, "wx", 0o644);

/** Ours, by its first bytes: of this format, or lines of JSON of old. */
function isRecording(file: string): boolean {
  try {
    const head = headOf(file);
    return Buffer.from(head).toString("latin1").startsWith('{"kind":"header",') || libraryOf(head) === LIBRARY;
  } catch {
    return false;
  }
}

function headOf(file: string): Uint8Array {
  const fd = openSync(file, "r");
  try {
    const head = new Uint8Array(256);
    return head.subarray(0, readSync(fd, head));
  } finally {
    closeSync(fd);
  }
}

function libraryOf(head: Uint8Array): string | null {
  const reader = new McapStreamReader();
  reader.append(head);
  const record = reader.nextRecord();
  return record?.type === "Header" ? record.library : null;
}

export interface Written {
  readonly file: string;
  readonly ino: bigint;
  readonly dev: bigint;
  readonly bytes: number;
}

/** What became of a file that was written to its end, if it is not there. */
export function goneFrom({ file, ino, dev, bytes }: Written): string | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (!found) return "the file, or its folder, is gone: somebody removed it during the run";
  if (found.ino !== ino || found.dev !== dev) return "another file took its place during the run";
  return found.size === BigInt(bytes) ? null : `it has ${found.size} bytes, ${bytes} were written`;
}
