/** A description that is spread over files becomes one tree; only files in the folder of the first are followed, through links neither. */
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AgentError } from "../../../runtime/core/errors.ts";
import { faultOf } from "../../../runtime/core/file-fault.ts";
import { plainBytes } from "../../../runtime/core/plain-file.ts";
import { corrupt, type Element, type Place, parseXml } from "./xml.ts";

/** Of one description; the largest that are published are some hundred kilobytes in a dozen files. */
const FILES_MAX = 64;
const BYTES_MAX = 16 * 1024 * 1024;
const DEPTH_MAX = 8;

/** The outermost element, <robot> or <mujoco>, with what it includes. Throws AgentError `model.missing` or `model.corrupt`. */
export function readDescription(file: string): Element {
  const reader = new Reader(file);
  const roots = reader.parse(file).filter(({ tag }) => tag === "robot" || tag === "mujoco");
  const [root, second] = roots;
  if (second) throw corrupt(second.place, `is a second <${second.tag}> in one file; which of the two is meant? keep one`);
  if (!root)
    throw corrupt({ file, line: 0 }, "has neither <robot> (URDF) nor <mujoco> (MJCF) as its outermost element; give the file of a robot");
  return reader.resolved(root, 0);
}

/** Where a file that `file` names may be read: its real path, inside the folder of `file`; null where it is not there, "outside" where it is elsewhere. */
export function insideFolderOf(file: string, named: string): string | "outside" | null {
  try {
    const folder = realpathSync(dirname(resolve(file)));
    const wanted = resolve(folder, named);
    if (isAbsolute(named) || !isWithin(folder, wanted)) return "outside";
    const real = realpathSync(wanted);
    return isWithin(folder, real) ? real : "outside";
  } catch {
    return null;
  }
}

const isWithin = (folder: string, path: string): boolean => !relative(folder, path).startsWith("..") && !isAbsolute(relative(folder, path));

class Reader {
  readonly #main: string;
  #files = 0;
  #bytes = 0;

  constructor(main: string) {
    this.#main = main;
  }

  parse(file: string, from?: Place): readonly Element[] {
    this.#files++;
    if (this.#files > FILES_MAX)
      throw corrupt(
        from ?? { file, line: 0 },
        `is file ${this.#files} of a description, at most ${FILES_MAX} are read; save it as one file`,
      );
    return parseXml(this.#text(file, from), file);
  }

  #text(file: string, from?: Place): string {
    try {
      const bytes = plainBytes(file, BYTES_MAX);
      this.#bytes += bytes.length;
      if (this.#bytes <= BYTES_MAX) return new TextDecoder().decode(bytes); // Comments in other encodings do not matter.
    } catch (cause) {
      if (from) throw notThere(from, file, cause);
      throw new AgentError("model.missing", `cannot read ${file} (${faultOf(cause)}); correct robot.file`, { cause });
    }
    throw corrupt(
      from ?? { file, line: 0 },
      `has ${this.#bytes} bytes with what it includes, at most ${BYTES_MAX} are read; give a description without what no arm needs`,
    );
  }

  /** With every include replaced by what is in the file. */
  resolved(of: Element, depth: number): Element {
    const children = of.children.flatMap((child) => (isInclude(child) ? this.#included(child, depth + 1) : [this.resolved(child, depth)]));
    return { ...of, children };
  }

  #included({ attributes, place }: Element, depth: number): readonly Element[] {
    if (depth > DEPTH_MAX)
      throw corrupt(
        place,
        `is include number ${depth} within one another, at most ${DEPTH_MAX} are followed (it includes other files that include it again, or nests them deeper than arms need); save it as one file`,
      );
    const named = (attributes["file"] ?? attributes["filename"] ?? "").replaceAll("\\", "/");
    if (/[$]/.test(named)) throw corrupt(place, `includes ${named}, which only xacro finds; expand it first: xacro FILE > arm.urdf`);
    const places = [this.#main, place.file].map((file) => insideFolderOf(file, named));
    if (places.includes("outside"))
      throw corrupt(
        place,
        `includes ${named}, which is outside the folder of ${this.#main}; put it there, or save the description as one file`,
      );
    const path = places.find((each) => each !== null);
    if (!path) throw notThere(place, named);
    return this.parse(path, place).flatMap((root) => this.resolved(root, depth).children);
  }
}

const notThere = ({ file, line }: Place, named: string, cause?: unknown): AgentError =>
  new AgentError("model.corrupt", `${file}:${line}: includes other files, and ${named} cannot be read; put it into the folder of ${file}`, {
    cause,
  });

/** MJCF's, and URDF's that xacro leaves or has. */
const isInclude = ({ tag, attributes }: Element): boolean =>
  (tag === "include" || tag === "xacro:include") && (attributes["file"] ?? attributes["filename"]) !== undefined;
