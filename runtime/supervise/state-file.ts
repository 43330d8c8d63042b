/** The supervisor's snapshot on disk: replaced whole at every change, checked before it is believed, set aside when it cannot be. */
import { createHash } from "node:crypto";
import { renameSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { AgentError } from "../core/errors.ts";
import { FileFault, faultOf } from "../core/file-fault.ts";
import { parseJson } from "../core/json.ts";
import { kindOf, makeFolder, removeFile, replaceFile, tryWriting } from "../core/own-files.ts";
import { plainText } from "../core/plain-file.ts";
import type { Known } from "./check-task.ts";
import type { SupervisorSnapshot } from "./snapshot.ts";
import { readSnapshot } from "./snapshot-schema.ts";

/** Of the snapshot's meaning: one more with every change that an older snapshot does not fit. */
export const STATE_VERSION = 1;

/** Files that cannot be believed and are kept for a person to look at. */
const ASIDE_MAX = 100;
/** Many times the largest task's. */
const BYTES_MAX = 4 * 1024 * 1024;

export interface StateFileOptions {
  readonly path: string;
  /** Whose state it is: that of another robot is not gone on with. */
  readonly robot: string;
  /** What its task may name. */
  readonly known: Known;
}

export interface StateFile {
  /** What another process left, or null. */
  readonly left: SupervisorSnapshot | null;
  /** Why what was there was set aside, and where it is now; null when nothing was. */
  readonly setAside: string | null;
  /** Either the old or the new snapshot is there, whenever process or power go. Throws AgentError `state.unwritable`. */
  keep(snapshot: SupervisorSnapshot): void;
  /** The run has come to its end in good order: there is nothing to go on with. */
  clear(): void;
}

const header = z.strictObject({ format: z.literal("foresight-state"), version: z.int(), robot: z.string(), sha256: z.string() });

/** Reads what is there, and sets aside what cannot be believed. Throws AgentError `state.unwritable` when the folder cannot be made or the file not be moved. */
export function openStateFile({ path, robot, known }: StateFileOptions): StateFile {
  guarded(path, () => makeFolder(dirname(path)));
  const left = readState(path, robot, known);
  const setAside = typeof left === "string" ? putAside(path, left) : null;
  return {
    left: typeof left === "string" ? null : left,
    setAside,
    keep(snapshot) {
      const body = JSON.stringify(snapshot);
      const head = JSON.stringify({ format: "foresight-state", version: STATE_VERSION, robot, sha256: sha256(body) });
      guarded(path, () => replaceFile(path, `${head}\n${body}\n`));
    },
    clear: () => guarded(path, () => removeFile(path)),
  };
}

/** Why no state could be kept there, as far as it can be known without a trace. Throws AgentError `state.unwritable`. */
export async function tryState(path: string): Promise<void> {
  await tryWriting(path).catch((cause) => {
    throw unwritable(path, cause);
  });
}

/** A snapshot, null when there is none, or why it cannot be believed. */
function readState(path: string, robot: string, known: Known): SupervisorSnapshot | string | null {
  if (kindOf(path) === "nothing") return null;
  let text: string;
  try {
    text = plainText(path, BYTES_MAX);
  } catch (cause) {
    return `it cannot be read: ${faultOf(cause)}`;
  }
  const [head = "", body = "", end] = text.split("\n");
  const read = header.safeParse(parsed(head));
  if (!read.success || end !== "") return "it is damaged, or no state of an agent";
  const { version, sha256: written, robot: whose } = read.data;
  if (version !== STATE_VERSION) return `it is of version ${version}, this program reads version ${STATE_VERSION}`;
  if (written !== sha256(body)) return "it is damaged: its checksum does not fit";
  if (whose !== robot) return `it is of robot "${whose}", this is "${robot}"`;
  return readSnapshot(parsed(body), known);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Nothing but a file is moved, and over nothing. */
function putAside(path: string, why: string): string {
  let aside = `${path}.set-aside`;
  guarded(path, () => {
    if (kindOf(path) !== "file") throw new FileFault(`it is a ${kindOf(path)}, not a file, and is left as it is`);
    for (let number = 2; kindOf(aside) !== "nothing"; number++) {
      if (number > ASIDE_MAX) throw new FileFault(`${ASIDE_MAX} files that were set aside are there already`);
      aside = `${path}.set-aside-${number}`;
    }
    renameSync(path, aside);
  });
  return `the state in ${path} is not gone on with: ${why}; it is now ${aside}, and the task begins anew`;
}

function guarded(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): AgentError {
  return new AgentError("state.unwritable", `state ${path}: ${faultOf(cause)}; make room there or choose another file`, { cause });
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
