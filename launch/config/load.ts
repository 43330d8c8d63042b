/** From a launch file and a command line to a checked configuration, or one error that lists everything that is wrong. */
import { dirname, isAbsolute, resolve } from "node:path";
import * as z from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { addedSchemas } from "../backends/registry.ts";
import { backendSchema } from "../backends/schema.ts";
import { checkConfig } from "./check-config.ts";
import { isFileKey, isOwnFile } from "./file-keys.ts";
import { type Path, pathText } from "./key-hints.ts";
import { applyOverride, OVERRIDES_MAX, parseOverride } from "./overrides.ts";
import type { Problem } from "./problem.ts";
import { problemsOf } from "./problems.ts";
import { type Origin, originOf, readLaunchFile, shortName } from "./read-yaml.ts";
import { type LaunchConfig, launchSchema } from "./schema.ts";
import { fillSecrets } from "./secrets.ts";

/** Where an override was written, for messages. */
const COMMAND_LINE = "command line";

/**
 * Loads a launch file with its includes, applies overrides such as `planner.samples:=256`, fills in secrets and defaults and makes file paths absolute.
 * Throws AgentError `launch.invalid` whose message lists every problem with file, line and path.
 */
export function loadLaunch(
  path: string,
  overrides: readonly string[] = [],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): LaunchConfig {
  const { data, origins, problems } = readLaunchFile(path);
  if (problems.length > 0) refuse(problems.map(({ origin, message }) => `${place(origin)}: ${message}`));
  return configFrom(data, origins, overrides, environment);
}

/** The same from data that were read already; `origins` says where each part was written. Throws as `loadLaunch`. */
export function configFrom(
  start: Record<string, unknown>,
  origins: Map<string, Origin>,
  overrides: readonly string[] = [],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): LaunchConfig {
  const { data: overridden, problems: typed } = withOverrides(start, overrides, origins);
  const raw = withAbsolutePaths(overridden, [], origins);
  const { data, problems: secret } = fillSecrets(raw, environment);
  const checked = schemaNow().safeParse(data);
  const dropped = protoProblems(raw, []);
  // Messages are made from the raw data, where a secret is still only a name.
  const problems = [...dropped, ...secret, ...(checked.success ? checkConfig(checked.data) : problemsOf(checked.error.issues, raw))];
  const listed = problems.map((problem) => describe(problem, origins));
  if (typed.length + listed.length > 0 || !checked.success) refuse([...typed, ...new Set(listed)]);
  const { include: _, ...config } = checked.data;
  return config;
}

/** With the backends that a program added. */
function schemaNow(): typeof launchSchema {
  const own = addedSchemas();
  if (own.length === 0) return launchSchema;
  const kinds = z.discriminatedUnion("kind", [backendSchema, ...own]);
  return launchSchema.extend({ backend: kinds }) as unknown as typeof launchSchema; // What an added section holds is its backend's own business.
}

function withOverrides(
  start: Record<string, unknown>,
  texts: readonly string[],
  origins: Map<string, Origin>,
): { readonly data: Record<string, unknown>; readonly problems: readonly string[] } {
  if (texts.length > OVERRIDES_MAX)
    return { data: start, problems: [`${COMMAND_LINE}: ${texts.length} overrides; at most ${OVERRIDES_MAX}`] };
  const problems: string[] = [];
  let data = start;
  for (const text of texts) {
    const override = parseOverride(text);
    if ("problem" in override) {
      problems.push(`${COMMAND_LINE}: "${nameOf(text)}" ${override.problem}`);
      continue;
    }
    const applied = applyOverride(data, override);
    if ("problem" in applied) {
      problems.push(`${COMMAND_LINE}: ${applied.problem}`);
      continue;
    }
    data = applied.data;
    const name = pathText(override.path);
    for (const each of [...origins.keys()]) if (each.startsWith(`${name}.`)) origins.delete(each);
    origins.set(name, { file: COMMAND_LINE, line: null });
  }
  return { data, problems };
}

/** The name alone: a value that was typed may be a secret. */
const nameOf = (text: string): string => text.split(/:?=/)[0] ?? "";

function withAbsolutePaths(value: unknown, path: Path, origins: ReadonlyMap<string, Origin>): unknown {
  if (Array.isArray(value)) return value.map((each, index) => withAbsolutePaths(each, [...path, index], origins));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withAbsolutePaths(each, [...path, key], origins)]));
  }
  if (typeof value !== "string" || value === "" || !isFileKey(path) || isAbsolute(value)) return value;
  if (!/^\.\.?(\/|$)/.test(value)) return resolve(isOwnFile(path) ? process.cwd() : packageRoot, value);
  const origin = originOf(origins, path);
  return resolve(origin && origin.file !== COMMAND_LINE ? dirname(origin.file) : process.cwd(), value);
}

/** A key that a mapping of JavaScript's cannot hold, and that would be dropped without a word. */
function protoProblems(value: unknown, path: Path): readonly Problem[] {
  if (typeof value !== "object" || value === null) return [];
  if (Object.hasOwn(value, "__proto__")) return [{ path: [...path, "__proto__"], message: "unknown key; no mapping has one of that name" }];
  return Object.entries(value).flatMap(([key, each]) => protoProblems(each, [...path, key]));
}

function describe({ path, message }: Problem, origins: ReadonlyMap<string, Origin>): string {
  const origin = originOf(origins, path);
  return `${origin ? `${place(origin)}: ` : ""}${pathText(path)}${path.length > 0 ? ": " : ""}${message}`;
}

function place({ file, line }: Origin): string {
  const name = file === COMMAND_LINE ? file : shortName(file);
  return line === null ? name : `${name}:${line}`;
}

/** More than a person reads at once. */
const TOLD_MAX = 50;

function refuse(problems: readonly string[]): never {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const told = problems.length > TOLD_MAX ? [...problems.slice(0, TOLD_MAX), `and ${problems.length - TOLD_MAX} more`] : problems;
  throw new AgentError("launch.invalid", `launch file has ${count}:\n${told.map((problem) => `  ${problem}`).join("\n")}`);
}
