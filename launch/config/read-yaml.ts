/** Reads a launch file and what it includes into plain data, and remembers where each value was written. */
import { dirname, relative, resolve } from "node:path";
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { faultOf } from "../../runtime/core/file-fault.ts";
import { plainText } from "../../runtime/core/plain-file.ts";
import { type Path, pathText } from "./key-hints.ts";
import { notPlain } from "./plain-data.ts";

/** Files that may include one another, counting the first. */
const INCLUDE_DEPTH_MAX = 5;
const LAUNCH_BYTES_MAX = 256 * 1024;

/** Where a value was written. */
export interface Origin {
  readonly file: string;
  readonly line: number | null;
}

/** Something wrong with a file itself. */
export interface FileProblem {
  readonly origin: Origin;
  readonly message: string;
}

export interface LaunchData {
  readonly data: Record<string, unknown>;
  /** By pathText. */
  readonly origins: Map<string, Origin>;
  readonly problems: readonly FileProblem[];
}

/** Reads a file with its includes; later files win: mappings are merged key by key, lists and tasks are replaced. */
export function readLaunchFile(path: string, includedBy: readonly string[] = []): LaunchData {
  const file = resolve(path);
  const here: Origin = { file, line: null };
  const failed = (message: string): LaunchData => ({ data: {}, origins: new Map(), problems: [{ origin: here, message }] });
  if (includedBy.includes(file)) return failed(`includes itself: ${[...includedBy, file].map(shortName).join(" -> ")}`);
  if (includedBy.length >= INCLUDE_DEPTH_MAX)
    return failed(`is include number ${includedBy.length}; at most ${INCLUDE_DEPTH_MAX - 1} are allowed`);
  const text = readText(file);
  if (typeof text !== "string") return failed(text.problem);
  const own = parse(file, text);
  const include = own.data["include"];
  if (typeof include !== "string") return own;
  const base = readLaunchFile(resolve(dirname(file), include), [...includedBy, file]);
  const { include: _, ...rest } = own.data;
  const origins = new Map(base.origins);
  const data = merge(base.data, rest, [], origins, own.origins) as Record<string, unknown>;
  return { data, origins, problems: [...base.problems, ...own.problems] };
}

/** Where a value was written, or the nearest mapping around it. */
export function originOf(origins: ReadonlyMap<string, Origin>, path: Path): Origin | undefined {
  for (let length = path.length; length >= 0; length--) {
    const origin = origins.get(pathText(path.slice(0, length)));
    if (origin) return origin;
  }
  return undefined;
}

/** A file as seen from where the command was given. */
export const shortName = (file: string): string => relative(process.cwd(), file) || file;

function readText(file: string): string | { readonly problem: string } {
  try {
    return plainText(file, LAUNCH_BYTES_MAX);
  } catch (cause) {
    return { problem: `cannot be read (${faultOf(cause)}); check the path` };
  }
}

function parse(file: string, text: string): LaunchData {
  const lines = new LineCounter();
  const origins = new Map<string, Origin>();
  const problem = (line: number | null, message: string): LaunchData => ({
    data: {},
    origins,
    problems: [{ origin: { file, line }, message }],
  });
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
    const [error] = [...document.errors, ...document.warnings]; // What is only warned of would be taken for something else: a tag for its text.
    if (error) return problem(lines.linePos(error.pos[0]).line, `is not YAML: ${error.message}`);
    if (!isMap(document.contents)) return problem(1, "is not a mapping of keys to values");
    const data = document.toJS() as Record<string, unknown>;
    const why = notPlain(data);
    if (why) return problem(null, why);
    note(document.contents, [], origins, (offset) => ({ file, line: lines.linePos(offset).line }));
    return { data, origins, problems: [] };
  } catch (error) {
    return problem(null, `is not YAML: ${error instanceof Error ? error.message : String(error)}`); // Such as too many aliases.
  }
}

function note(node: unknown, path: Path, origins: Map<string, Origin>, originAt: (offset: number) => Origin): void {
  const range = (node as Node | null)?.range;
  if (range && !origins.has(pathText(path))) origins.set(pathText(path), originAt(range[0]));
  if (isSeq(node)) node.items.forEach((item, index) => void note(item, [...path, index], origins, originAt));
  if (!isMap(node)) return;
  for (const pair of node.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const at = [...path, String(pair.key.value)];
    if (pair.key.range) origins.set(pathText(at), originAt(pair.key.range[0]));
    note(pair.value, at, origins, originAt);
  }
}

/** A mapping of another `kind` and a `task` replace what was there; every other mapping is merged. */
function merge(base: unknown, over: unknown, path: Path, origins: Map<string, Origin>, overOrigins: ReadonlyMap<string, Origin>): unknown {
  const place = pathText(path);
  if (isMapping(base) && isMapping(over) && place !== "task" && (over["kind"] ?? base["kind"]) === base["kind"]) {
    const own = overOrigins.get(place);
    if (own) origins.set(place, own); // What is missing in it is missing in the file that was written last.
    const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
    return Object.fromEntries(
      keys.map((key) => [key, key in over ? merge(base[key], over[key], [...path, key], origins, overOrigins) : base[key]]),
    );
  }
  const isUnder = (each: string): boolean => each === place || each.startsWith(`${place}.`);
  for (const each of [...origins.keys()].filter(isUnder)) origins.delete(each);
  for (const [each, origin] of overOrigins) if (isUnder(each)) origins.set(each, origin);
  return over;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
