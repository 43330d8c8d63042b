/** The folder that holds our package.json, both in the source tree and in the built package. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the package's root folder. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("internal: no package.json above runtime/core");
  return findRoot(parent);
}

/** The URL of a sibling module to start as a worker or child process: .ts in the source tree, .js once built. */
export function moduleUrl(relativeTs: string, importerUrl: string): URL {
  return new URL(importerUrl.endsWith(".ts") ? relativeTs : relativeTs.replace(/\.ts$/, ".js"), importerUrl);
}
