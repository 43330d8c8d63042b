/** Reads what others wrote: plain files of bounded size only, so that no pipe, device or sparse file holds a command up or fills its memory. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { AgentError, type ErrorCode } from "./errors.ts";
import { FileFault, faultOf } from "./file-fault.ts";

export interface Reading {
  readonly bytesMax: number;
  readonly code: ErrorCode;
  /** Whose file it is, before the path in a message. */
  readonly subject?: string;
  /** What to do when it cannot be read. */
  readonly remedy: string;
}

/** Throws AgentError of the given code: "SUBJECT: cannot read PATH (why); remedy". */
export function readPlainFile(path: string, reading: Reading): Uint8Array<ArrayBuffer> {
  return orRefuse(path, reading, () => plainBytes(path, reading.bytesMax));
}

/** A certificate or a key; undefined for none. Throws AgentError `launch.invalid`. */
export function readPem(subject: string, path: string | null): Buffer | undefined {
  if (path === null) return undefined;
  return Buffer.from(readPlainFile(path, { bytesMax: PEM_BYTES_MAX, code: "launch.invalid", subject, remedy: "give a PEM file" }));
}

const PEM_BYTES_MAX = 2 ** 20;

/** The same as text, which must be UTF-8. */
export function readPlainText(path: string, reading: Reading): string {
  return orRefuse(path, reading, () => plainText(path, reading.bytesMax));
}

function orRefuse<T>(path: string, { code, subject, remedy }: Reading, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AgentError(code, `${subject ? `${subject}: ` : ""}cannot read ${path} (${faultOf(cause)}); ${remedy}`, { cause });
  }
}

/** Throws the system's error, or a FileFault. */
export function plainBytes(path: string, bytesMax: number): Uint8Array<ArrayBuffer> {
  const { file, size } = openPlainFile(path, bytesMax);
  try {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const read = readSync(file, bytes, at, size - at, at);
      if (read === 0) throw new FileFault(`it ended at ${at} of ${size} bytes while it was read`);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

export function plainText(path: string, bytesMax: number): string {
  const bytes = plainBytes(path, bytesMax);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FileFault("it is no text in UTF-8");
  }
}

/** A descriptor to read from, and the size; the caller closes it. */
export function openPlainFile(path: string, bytesMax: number): { readonly file: number; readonly size: number } {
  checkPlain(statSync(path), bytesMax); // Opening is already too much for a pipe or a tape.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    checkPlain(found, bytesMax);
    return { file, size: found.size };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function checkPlain(found: Stats, bytesMax: number): void {
  if (found.isDirectory()) throw new FileFault("EISDIR: it is a folder");
  if (!found.isFile()) throw new FileFault(`it is ${found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device"}, not a file`);
  if (found.size > bytesMax) throw new FileFault(`it has ${found.size} bytes, at most ${bytesMax} are read`);
}
