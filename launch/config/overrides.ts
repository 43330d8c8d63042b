/** Values given on the command line: `planner.samples:=256`, a dotted path and a YAML value. */
import { parse } from "yaml";
import { hintFor, keysAt, type Path, pathText, valueAt } from "./key-hints.ts";
import { notPlain } from "./plain-data.ts";

/** Overrides on one command line. */
export const OVERRIDES_MAX = 64;

export interface Override {
  readonly path: Path;
  readonly value: unknown;
  /** As it was typed. */
  readonly text: string;
}

export type ParsedOverride = Override | { readonly text: string; readonly problem: string };

/** Reads one override; a problem is data, so that all of them can be told at once. */
export function parseOverride(text: string): ParsedOverride {
  const at = text.indexOf(":=");
  const keys = at > 0 ? text.slice(0, at).split(".") : [];
  if (keys.length === 0 || keys.some((key) => !/^[\w-]+$/.test(key)))
    return { text, problem: "is not name:=value, such as planner.samples:=256" };
  try {
    const value: unknown = parse(text.slice(at + 2), { logLevel: "error" });
    const why = notPlain(value);
    if (why) return { text, problem: `has a value that ${why}` };
    return { path: keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)), value, text };
  } catch {
    return { text, problem: "has a value that is not YAML; quote it" }; // The parser's own words could repeat a secret.
  }
}

/** A copy of the data with the override in it, or why the path does not exist. Mappings on the way that have only defaults so far are made. */
export function applyOverride(
  data: Record<string, unknown>,
  { path, value }: Override,
): { readonly data: Record<string, unknown> } | { readonly problem: string } {
  for (const [depth, key] of path.entries()) {
    const parent = path.slice(0, depth);
    const problem =
      Array.isArray(valueAt(parent, data)) || typeof key === "number" ? indexProblem(parent, key, data) : keyProblem(parent, key, data);
    if (problem) return { problem };
  }
  return { data: withValue(data, isKindOf(path, value, data) ? [...path, "kind"] : path, value) as Record<string, unknown> };
}

/** `backend:=gazebo` changes the kind of a mapping that has one, and keeps what the two kinds share. */
function isKindOf(path: Path, value: unknown, data: unknown): boolean {
  const mapping = valueAt(path, data);
  return typeof value === "string" && typeof mapping === "object" && mapping !== null && "kind" in mapping;
}

function keyProblem(parent: Path, key: string, data: unknown): string | null {
  const valid = keysAt(parent, data);
  if (valid === null || valid.includes(key)) return null;
  return `${pathText([...parent, key])} is an unknown key; ${hintFor(key, valid)}`;
}

function indexProblem(parent: Path, key: string | number, data: unknown): string | null {
  const list = valueAt(parent, data);
  if (Array.isArray(list) && typeof key === "number" && key < list.length) return null;
  return `${pathText([...parent, key])} does not exist; ${Array.isArray(list) ? `the list has ${list.length} entries, the first is 0` : `${pathText(parent)} is not a list`}`;
}

function withValue(data: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(data)) return data.map((each, index) => (index === key ? withValue(each, rest, value) : each));
  const mapping = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  return { ...mapping, [key]: withValue(mapping[key], rest, value) };
}
