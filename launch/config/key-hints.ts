/** What a wrong key may have meant: the valid keys at a place of the schema, the nearest of them, and units that were mixed up. */
import { distance } from "fastest-levenshtein";
import * as z from "zod";
import { launchSchema } from "./schema.ts";

export type Path = readonly (string | number)[];
/** The part of JSON Schema that zod writes for objects, lists and alternatives. */
interface Json {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly additionalProperties?: boolean | Json;
  readonly items?: Json | readonly Json[];
  readonly required?: readonly string[];
  readonly allOf?: readonly Json[];
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
  readonly definitions?: Readonly<Record<string, Json>>;
}

/** The schema as editors see it: draft-7, which the YAML language server reads. */
export const launchJsonSchema: Json = z.toJSONSchema(launchSchema, { target: "draft-7", io: "input" }) as Json;

const definitions = launchJsonSchema.definitions ?? {};

/** The keys that the schema allows at `path`, given the data there (it chooses between alternatives); null when any key is allowed. */
export function keysAt(path: Path, data: unknown): readonly string[] | null {
  let schema: Json | undefined = resolve(launchJsonSchema, data);
  let value = data;
  for (const key of path) {
    value = childOf(value, key);
    schema = schema && resolve(memberOf(schema, key), value);
  }
  if (!schema) return [];
  if (typeof schema.additionalProperties === "object") return null;
  return Object.keys(schema.properties ?? {});
}

/** A path as people write it: cameras.0.fovYRad. */
export const pathText = (path: Path): string => path.join(".");

/** The value at a path, undefined where there is none. */
export function valueAt(path: Path, data: unknown): unknown {
  return path.reduce<unknown>(childOf, data);
}

/** One sentence on what to write instead of `key`; names the right unit where only the unit is wrong. */
export function hintFor(key: string, valid: readonly string[]): string {
  if (valid.length === 0) return "no keys are allowed here";
  const moved = MOVED.get(key);
  if (moved && valid.includes(moved.to)) return `it is now in "${moved.to}": ${moved.write}`;
  const words = wordsOf(key);
  const same = valid.filter((each) => wordsOf(each).name === words.name && words.name !== "");
  const sameWords = same.find((each) => (wordsOf(each).unit === "") === (words.unit === "")) ?? same[0];
  if (sameWords) return `use "${sameWords}"${unitHint(words.unit, wordsOf(sameWords).unit)}`;
  const ranked = valid.map((each) => ({ each, edits: distance(key.toLowerCase(), each.toLowerCase()) })).sort((a, b) => a.edits - b.edits);
  const [nearest] = ranked;
  const near = nearest && nearest.edits <= Math.max(2, key.length / 3);
  return near ? `did you mean "${nearest.each}"?` : `allowed here: ${valid.join(", ")}`;
}

/** Keys of earlier versions: the key beside it that says the same now, and how. */
const MOVED: ReadonlyMap<string, { readonly to: string; readonly write: string }> = new Map([
  ["cubeEdgeM", { to: "objects", write: "objects: { cube: { shape: { kind: box, sizeM: [x, y, z] } } }" }],
  ["cubeMassKg", { to: "objects", write: "objects: { cube: { massKg: .. } }" }],
  ["cubeFriction", { to: "objects", write: "objects: { cube: { friction: .. } }" }],
  ["cubeRgb", { to: "objects", write: "objects: { cube: { rgb: [..] } }" }],
  ["object", { to: "scene", write: "scene: { objects: { NAME: {} } }, named as the simulation names it" }],
]);

function unitHint(given: string, wanted: string): string {
  if (given === wanted || wanted === "") return "";
  const factor = FACTORS[`${given} ${wanted}`];
  return `, in ${UNITS[wanted]}${factor ? ` (1 ${UNITS[given]} is ${factor} ${UNITS[wanted]})` : ""}`;
}

/** Unit suffixes of keys, longest first, as they are read aloud. */
const UNITS: Readonly<Record<string, string>> = {
  RadPerS: "rad/s",
  DegPerS: "deg/s",
  MPerS: "m/s",
  Rad: "rad",
  Deg: "deg",
  Mm: "mm",
  Cm: "cm",
  Ms: "ms",
  Us: "us",
  Ns: "ns",
  Hz: "Hz",
  Px: "px",
  Kg: "kg",
  M: "m",
  S: "s",
  G: "g",
};
const FACTORS: Readonly<Record<string, string>> = {
  "Deg Rad": "0.0174533",
  "S Ms": "1000",
  "Ms S": "0.001",
  "Us Ms": "0.001",
  "Cm M": "0.01",
  "Mm M": "0.001",
  "G Kg": "0.001",
};

/** Splits a key into its words without unit, sorted (so that maxAgeMs and ageMsMax are one name), and its unit. */
function wordsOf(key: string): { readonly name: string; readonly unit: string } {
  const words = key.split(/[_\s-]|(?=[A-Z])/).filter(Boolean);
  const joined = words.map((word) => word[0]?.toUpperCase() + word.slice(1));
  for (const unit of Object.keys(UNITS)) {
    const parts = unit.split(/(?=[A-Z])/);
    const at = joined.findIndex((_, i) => i > 0 && parts.every((part, j) => joined[i + j] === part));
    if (at < 0) continue;
    const rest = [...joined.slice(0, at), ...joined.slice(at + parts.length)];
    return { name: nameOf(rest), unit };
  }
  return { name: nameOf(joined), unit: "" };
}

/** An axis letter says nothing about what was meant: fovDeg and fovYRad are one name. */
const nameOf = (words: readonly string[]): string =>
  words
    .filter((word) => word.length > 1)
    .map((word) => word.toLowerCase())
    .sort()
    .join(" ");

function memberOf(schema: Json, key: string | number): Json | undefined {
  if (typeof key === "number") return isList(schema.items) ? schema.items[key] : schema.items;
  const member = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : schema.additionalProperties;
  return typeof member === "object" ? member : undefined;
}

const isList = (items: Json["items"]): items is readonly Json[] => Array.isArray(items);

/** Follows references and takes the alternative that fits the data best. */
function resolve(schema: Json | undefined, data: unknown): Json | undefined {
  if (!schema) return undefined;
  if (schema.$ref) return resolve(definitions[schema.$ref.replace("#/definitions/", "")], data);
  if (schema.allOf) return resolve(schema.allOf[0], data);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (!alternatives) return schema;
  const resolved = alternatives.flatMap((each) => resolve(each, data) ?? []);
  return resolved.sort((a, b) => misfit(a, data) - misfit(b, data))[0];
}

/** How badly an object fits an alternative: a wrong constant counts more than a missing key, that more than an unknown one. */
function misfit(schema: Json, data: unknown): number {
  // Text where a mapping is written, or where nothing is yet and its keys are asked for.
  if ((typeof data === "object" || data === undefined) && schema.type !== undefined && schema.type !== "object") return 1000;
  const given = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  const properties = schema.properties ?? {};
  const wrong = Object.entries(properties).filter(
    ([key, { const: wanted }]) => wanted !== undefined && given[key] !== undefined && given[key] !== wanted,
  );
  const missing = (schema.required ?? []).filter((key) => given[key] === undefined);
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(properties, key));
  return 20 * wrong.length + 10 * missing.length + 3 * unknown.length;
}

function childOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}
