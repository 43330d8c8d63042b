/** Everything that is wrong with a launch file, in words: place, what was given, what is allowed, what to do. */
import type * as z from "zod";
import { NO_TASK } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import { hintFor, keysAt, type Path, valueAt } from "./key-hints.ts";
import type { Problem } from "./problem.ts";
import { isSecret } from "./secrets.ts";

/** Problems of a schema check in words. `data` is what was checked, before secrets were filled in. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], data: unknown): readonly Problem[] {
  return issues.flatMap((issue) => describe(issue, [], data));
}

function describe(issue: z.core.$ZodIssue, base: Path, data: unknown): readonly Problem[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === "symbol" ? key.toString() : key))];
  const found = valueAt(path, data);
  const given = found !== undefined && isSecret(path) ? HIDDEN : found;
  switch (issue.code) {
    case "unrecognized_keys": {
      const valid = keysAt(path, data) ?? [];
      return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key; ${hintFor(key, valid)}` }));
    }
    case "invalid_union": {
      if (issue.message === NO_TASK)
        return [{ path, message: `${show(given)} ${NO_TASK}; NAME is one of ${Object.keys(skills).join(", ")}` }];
      if (issue.errors.length > 0 && given !== undefined)
        return bestAlternative(issue.errors, given).flatMap((each) => describe(each, path, data));
      const options = "options" in issue ? (issue.options as readonly unknown[]) : [];
      return [
        {
          path,
          message:
            given === undefined ? `missing${oneOf(options) || "; it has no default"}` : `${show(given)} is not possible${oneOf(options)}`,
        },
      ];
    }
    case "invalid_value":
      return [
        { path, message: given === undefined ? `missing${oneOf(issue.values)}` : `${show(given)} is not possible${oneOf(issue.values)}` },
      ];
    case "invalid_type":
      return [{ path, message: given === undefined ? "missing; it has no default" : `${show(given)} is not ${article(issue.expected)}` }];
    case "too_small":
    case "too_big":
      return [{ path, message: issue.message.startsWith("Too ") ? boundText(issue, given) : issue.message }]; // A bound of reason says why.
    case "invalid_key":
      return [{ path, message: `${show(issue.path.at(-1))} is no name; ${issue.issues[0]?.message ?? issue.message}` }];
    case "custom":
      return [{ path, message: issue.message }];
    default:
      return [{ path, message: `${show(given)}: ${issue.message}` }];
  }
}

function boundText(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, given: unknown): string {
  const isInclusive = issue.inclusive !== false;
  const [within, limit] =
    issue.code === "too_small" ? [isInclusive ? "at least" : "above", issue.minimum] : [isInclusive ? "at most" : "below", issue.maximum];
  return `${amount(given)}; ${within} ${limit} ${unitsOf(issue.origin)}`.trimEnd();
}

/** The alternative that was meant: the one with the fewest missing and unknown keys of its own. */
function bestAlternative(alternatives: readonly (readonly z.core.$ZodIssue[])[], given: unknown): readonly z.core.$ZodIssue[] {
  const misfit = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, issue) => {
      if (issue.code === "invalid_type" && issue.path.length === 0) return sum + 1000; // Text where a mapping is meant, or the other way round.
      if (issue.code === "unrecognized_keys" && issue.path.length === 0) return sum + 3 * issue.keys.length;
      return issue.path.length === 1 && valueAt(issue.path as Path, given) === undefined ? sum + 10 : sum;
    }, 0);
  return [...alternatives].sort((a, b) => misfit(a) - misfit(b))[0] ?? [];
}

const oneOf = (options: readonly unknown[]): string => (options.length > 0 ? `; one of ${options.map(show).join(", ")}` : "");
const article = (type: string): string =>
  ({ int: "a whole number", object: "a mapping", array: "a list", tuple: "a list" })[type] ?? `a ${type}`;
const unitsOf = (origin: string): string => ({ array: "entries", string: "characters" })[origin] ?? "";

/** Stands for a secret in messages. */
const HIDDEN = Symbol("the value that is not shown here");

function amount(given: unknown): string {
  if (Array.isArray(given)) return `${given.length} entries given`;
  if (typeof given === "string") return `${given.length} characters given`;
  return `${show(given)} given`;
}

function show(value: unknown): string {
  if (typeof value === "symbol") return value.description ?? "";
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
