#!/usr/bin/env node
// The foresight command: runs what was built into dist/, and in a clone whose dist/ is missing or older than its sources the sources, through tsx.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// Seconds may pass until a command is there that knows what to end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, whileLoading);

const root = fileURLToPath(new URL("..", import.meta.url));
const built = join(root, "dist/launch/main.js");
const source = join(root, "launch/main.ts");

const runsSources = existsSync(source) && !isBuilt(); // The packed package holds no sources.
if (runsSources) await registerTsx();
await import(pathToFileURL(runsSources ? source : built).href);

/** Until launch/main.ts is loaded. */
function whileLoading() {
  console.error("interrupted while loading; nothing has begun");
  process.exit(130);
}

/** A build writes every file anew, so its age is that of any of them. */
function isBuilt() {
  const builtMs = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return ["launch", "skills", "robots", "sim", "runtime"].every((folder) =>
    readdirSync(join(root, folder), { recursive: true }).every(
      (name) => !String(name).endsWith(".ts") || statSync(join(root, folder, String(name))).mtimeMs <= builtMs,
    ),
  );
}

/** In this process, since a launcher between the terminal and the arm would be one more that can be killed; children and workers register their own. */
async function registerTsx() {
  try {
    (await import("tsx/esm/api")).register();
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.error("foresight: this clone has neither a build nor tsx to run its sources: `npm ci`, or `npm run build`");
    process.exit(2);
  }
}
