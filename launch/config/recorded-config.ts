/** What a recorded run was launched with, read from the recording itself. */
import { resolve } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { readHeader } from "../../runtime/record/recording.ts";
import { pathText } from "./key-hints.ts";
import { configFrom } from "./load.ts";
import type { LaunchConfig } from "./schema.ts";

/** The configuration of the run, its robot replaced by the recording; no page unless asked for. Throws AgentError `launch.invalid`. */
export async function recordedConfig(path: string, overrides: readonly string[]): Promise<LaunchConfig> {
  return configOf(
    path,
    (await readHeader(path)).config,
    { dashboard: { enabled: false }, backend: { kind: "replay", path: resolve(path) } },
    overrides,
  );
}

/** The configuration of the run as it was. Throws AgentError `launch.invalid`. */
export const configAsRecorded = (path: string, config: unknown, overrides: readonly string[]): LaunchConfig =>
  configOf(path, config, {}, overrides);

function configOf(path: string, config: unknown, instead: object, overrides: readonly string[]): LaunchConfig {
  if (typeof config !== "object" || config === null)
    throw new AgentError("launch.invalid", `recording ${path}: its header holds no launch configuration; record it again`);
  const data = { ...config, ...instead };
  return configFrom(data, new Map([[pathText([]), { file: resolve(path), line: 1 }]]), overrides);
}
