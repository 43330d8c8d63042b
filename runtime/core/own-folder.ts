/** A folder of ours: made by us, or recognised by what is in it; nothing but files of its own names is ever written or removed there. */

import { readdirSync, realpathSync, renameSync, rmdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { AgentError, type ErrorCode, invariant } from "./errors.ts";
import { FileFault, faultOf } from "./file-fault.ts";
import { isGone } from "./is-gone.ts";
import { isMountPoint } from "./mount-point.ts";
import { createFile, draftOf, kindOf, makeFolder, nameDraft, openDraft, removeFile, replaceFile, writeAll } from "./own-files.ts";
import { plainBytes, plainText } from "./plain-file.ts";

export interface FolderKind {
  /** For messages: "data set". */
  readonly what: string;
  /** The file that says what the folder is. */
  readonly marker: string;
  /** Names of the files that we write there, the marker's among them. */
  readonly owns: RegExp;
  readonly code: ErrorCode;
  /** What to do when the folder cannot be used. */
  readonly elsewhere: string;
  /** What to do when the disk refuses. */
  readonly retry: string;
}

const LOCK = ".lock";
const LOCK_BYTES_MAX = 1000;

export class OwnFolder {
  readonly path: string;
  readonly #kind: FolderKind;

  /** Makes the folder where there is none. Throws AgentError of the kind's code for a folder with files of others and no marker of ours. */
  constructor(path: string, kind: FolderKind) {
    this.path = path;
    this.#kind = kind;
    try {
      makeFolder(path);
      if (!statSync(path).isDirectory()) throw new FileFault("it is a file");
      const names = readdirSync(path);
      const other = names.find((name) => name !== LOCK && !this.#isOwn(name));
      if (other !== undefined && !names.includes(kind.marker))
        throw new FileFault(`it holds "${other}" and no ${kind.marker}, so it is no ${kind.what} of ours`);
    } catch (cause) {
      throw new AgentError(kind.code, `${path}: cannot be used as a ${kind.what} (${faultOf(cause)}); ${kind.elsewhere}`, { cause });
    }
  }

  has(name: string): boolean {
    return kindOf(this.#at(name)) === "file";
  }

  bytes(name: string, bytesMax: number): Uint8Array<ArrayBuffer> {
    return plainBytes(this.#at(name), bytesMax);
  }

  text(name: string, bytesMax: number): string {
    return plainText(this.#at(name), bytesMax);
  }

  /** Either the old or the new content is there, whenever the power goes. */
  replace(name: string, content: Uint8Array | string): void {
    this.#orTell(name, () => replaceFile(this.#at(name), content));
  }

  /** A file to append to that has no name yet. */
  open(name: string): number {
    return this.#orTell(name, () => openDraft(this.#at(name)));
  }

  append(name: string, file: number, bytes: Uint8Array): void {
    this.#orTell(name, () => writeAll(file, bytes));
  }

  /** What was opened gets its name. */
  keep(name: string): void {
    this.#orTell(name, () => nameDraft(this.#at(name)));
  }

  /** What was opened is removed. */
  discard(name: string): void {
    removeFile(draftOf(this.#at(name)));
  }

  /** What cannot be believed stays for a person to look at, under a name that is returned and must be one of ours. */
  setAside(name: string): string {
    const aside = `${name}.set-aside`;
    return this.#orTell(name, () => {
      removeFile(this.#at(aside));
      renameSync(this.#at(name), this.#at(aside));
      return aside;
    });
  }

  remove(name: string): void {
    removeFile(this.#at(name));
  }

  /** Removes our files and our lock. */
  removeOwn(): void {
    for (const name of readdirSync(this.path)) if (name === LOCK || this.#isOwn(name)) removeFile(join(this.path, name));
  }

  /** Removes them, and the folder where nothing else is in it. */
  removeAll(): void {
    this.removeOwn();
    if (readdirSync(this.path).length === 0) rmdirSync(this.path);
  }

  /** Keeps others out until it is disposed of. Throws while another process has it; one of this machine that died, or this one, does not count. */
  lock(): Disposable {
    const path = join(this.path, LOCK);
    const holder = heldBy(path);
    if (isStale(holder)) removeFile(path);
    try {
      createFile(path, `${hostname()} ${process.pid}\n`); // Of two at the same instant one succeeds.
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") this.#orTell(LOCK, () => raise(cause));
      const [host, pid] = holder.split(" ");
      const why = `process ${pid || "of another command"} on ${host || hostname()} is writing to it`;
      const remedy = `wait for it, or ${this.#kind.elsewhere}; if there is no such command any more, remove ${path}`;
      throw new AgentError(this.#kind.code, `${this.path}: ${why}; ${remedy}`, { cause });
    }
    return { [Symbol.dispose]: () => removeFile(path) };
  }

  #isOwn(name: string): boolean {
    return this.#kind.owns.test(name.replace(/\.partial$/, ""));
  }

  #at(name: string): string {
    invariant(this.#isOwn(name) && !/[/\\]/.test(name), `${this.path}: "${name}" is no file of a ${this.#kind.what}`);
    return join(this.path, name);
  }

  #orTell<T>(name: string, write: () => T): T {
    try {
      return write();
    } catch (cause) {
      throw new AgentError(this.#kind.code, `${join(this.path, name)} could not be written (${faultOf(cause)}); ${this.#kind.retry}`, {
        cause,
      });
    }
  }
}

/** The folder that is exchanged: absolute, and where a link leads. Throws the system's error, or a FileFault where it cannot be exchanged. */
export function placeToExchange(path: string): string {
  const place = kindOf(path) === "link" ? realpathSync(path) : resolve(path);
  if (isMountPoint(place))
    throw new FileFault("something is mounted there, and that cannot be exchanged as a whole; a folder inside it can");
  return place;
}

/** Puts a finished folder into a place; what was there is kept beside, whole, under a name that is returned; null where there was nothing. */
export function exchangeFolders(fresh: string, place: string): string | null {
  if (kindOf(place) === "nothing" || readdirSync(place).length === 0) {
    renameSync(fresh, place);
    return null;
  }
  let kept = "";
  for (let number = 1; kept === "" || kindOf(kept) !== "nothing"; number++) kept = `${place}.kept-${number}`;
  renameSync(place, kept);
  try {
    renameSync(fresh, place);
  } catch (error) {
    renameSync(kept, place);
    throw error;
  }
  return kept;
}

/** What a lock says; nothing where it cannot be read, and then it holds. */
function heldBy(path: string): string {
  try {
    return kindOf(path) === "file" ? plainText(path, LOCK_BYTES_MAX).trim() : "";
  } catch {
    return "";
  }
}

/** Its process is this one, or is no more; nobody knows of one on another machine. */
function isStale(holder: string): boolean {
  const [host, pid] = [holder.split(" ")[0], Number(holder.split(" ")[1])];
  if (host !== hostname()) return false;
  return pid === process.pid || isGone(pid);
}

function raise(cause: unknown): never {
  throw cause;
}
