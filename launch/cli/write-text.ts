/** Writes a file for the user, or says in one sentence why not. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";

/** Its folder is made where it is missing. Throws AgentError `launch.invalid` where nothing can be written. */
export function writeText(path: string, text: string): void {
  const file = resolve(path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    throw new AgentError("launch.invalid", `cannot write ${file} (${(cause as Error).message}); name a place that can be written to`, {
      cause,
    });
  }
}
