/** Secrets from the environment: `${env:NAME}` in the few keys that hold one. Their values never appear in a message. */
import type { Path } from "./key-hints.ts";
import type { Problem } from "./problem.ts";
import { ENV_REFERENCE } from "./schema-terms.ts";

/** Keys that may hold a secret, * for any name; everywhere else the environment is not read, so that a launch file says everything itself. */
const SECRET_KEYS: readonly string[] = [
  "dashboard.token",
  "model.provider.token",
  "mqtt.broker.password",
  "mqtt.commanders.*.token",
  "foxglove.token",
  "fleet.page.token",
];

export const isSecret = (path: Path): boolean =>
  SECRET_KEYS.some((key) => {
    const names = key.split(".");
    return names.length === path.length && names.every((name, index) => name === "*" || name === path[index]);
  });

const REFERENCE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}$/;
const LOOKS_LIKE_ONE = /\$\{[^}]*\}/;

/** A copy of the data with secrets filled in, and what is wrong with them. */
export function fillSecrets(
  data: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly data: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const fill = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => fill(each, [...path, index]));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, [...path, key])]));
    }
    if (typeof value !== "string" || !LOOKS_LIKE_ONE.test(value)) return value;
    const name = REFERENCE.exec(value)?.[1];
    const found = name === undefined ? undefined : environment[name];
    const message = !isSecret(path)
      ? `${value} is not replaced here; only ${SECRET_KEYS.join(", ")} can come from the environment`
      : name === undefined
        ? `is not a whole reference of the form ${ENV_REFERENCE}`
        : found === undefined
          ? `environment variable ${name} is not set; set it or remove the key`
          : null;
    if (message) problems.push({ path, message });
    return message ? undefined : found;
  };
  return { data: fill(data, []), problems };
}

/** A copy of a configuration that may be shown: secrets are replaced by "(secret)". */
export function withoutSecrets<T>(config: T): T {
  const hide = (value: unknown, path: Path): unknown => {
    if (isSecret(path) && value != null) return "(secret)";
    if (Array.isArray(value)) return value.map((each, index) => hide(each, [...path, index]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hide(each, [...path, key])]));
  };
  return hide(config, []) as T;
}
