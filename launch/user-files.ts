/** Files that a person names for what we write: one that is there is replaced only where we wrote it ourselves, which it says of itself. */
import { dirname, resolve } from "node:path";
import type { Sharp } from "sharp";
import { AgentError } from "../runtime/core/errors.ts";
import { FileFault, faultOf } from "../runtime/core/file-fault.ts";
import { kindOf, makeFolder, replaceFile, tryWriting } from "../runtime/core/own-files.ts";
import { plainBytes } from "../runtime/core/plain-file.ts";

/** The first entry of every report, and a field of every picture. */
const WRITTEN_BY = "foresight";
const MARK = /written ?by"?:? "foresight/i;
const BYTES_MAX = 64 * 2 ** 20;

/** Its folder is made where it is missing. Throws AgentError `launch.invalid` where nothing can be written. */
export function writeUserFile(path: string, content: string | Uint8Array): void {
  const file = resolve(path);
  orRefuse(file, () => {
    refuseOthers(file);
    makeFolder(dirname(file));
    replaceFile(file, content);
  });
}

/** As a report says who wrote it, so that the next one may take its place; a list becomes `entries`. */
export function writeReport(path: string, report: unknown): void {
  const content = Array.isArray(report) ? { entries: report } : (report as object);
  writeUserFile(path, `${JSON.stringify({ writtenBy: WRITTEN_BY, ...content }, null, 2)}\n`);
}

export async function writePicture(path: string, picture: Sharp): Promise<void> {
  writeUserFile(path, await pngOf(picture));
}

/** PNG that says who made it. */
export function pngOf(picture: Sharp): Promise<Uint8Array> {
  const software = `written by "${WRITTEN_BY}"`;
  return picture
    .withExif({ IFD0: { Software: software } })
    .png()
    .toBuffer();
}

/** Why a file could not be written, as far as it can be known without a trace. Throws AgentError `launch.invalid`. */
export async function tryUserFile(path: string): Promise<void> {
  const file = resolve(path);
  try {
    refuseOthers(file);
    await tryWriting(file);
  } catch (cause) {
    throw refusal(file, cause);
  }
}

function orRefuse(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw refusal(file, cause);
  }
}

const refusal = (file: string, cause: unknown): AgentError =>
  new AgentError("launch.invalid", `cannot write ${file} (${faultOf(cause)}); name a place that can be written to`, { cause });

function refuseOthers(file: string): void {
  if (kindOf(file) !== "file") return;
  if (MARK.test(Buffer.from(plainBytes(file, BYTES_MAX)).toString("latin1"))) return;
  throw new FileFault("there is a file that Foresight did not write, and it is left as it is");
}
