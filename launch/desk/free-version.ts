/** A name for a file that must never take the place of an older one. */
import { existsSync } from "node:fs";
import { AgentError } from "../../runtime/core/errors.ts";

const VERSIONS_MAX = 1000;

/** name.json, or name.2.json, name.3.json where that is taken. Throws AgentError `launch.invalid` where a thousand are. */
export function freeVersion(file: string): string {
  for (let version = 1; version <= VERSIONS_MAX; version++) {
    const name = version === 1 ? file : file.replace(/(\.json)?$/, `.${version}$1`);
    if (!existsSync(name)) return name;
  }
  throw new AgentError("launch.invalid", `calibration ${file}: ${VERSIONS_MAX} versions are there already; remove some`);
}
