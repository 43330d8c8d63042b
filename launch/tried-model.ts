/** A model that is to be run is tried first; that it worked once here is remembered by its hash, so that a run does not wait for it again. */
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ModelPackage } from "../runtime/core/model.ts";
import { kindOf, makeFolder, replaceFile } from "../runtime/core/own-files.ts";
import { dryRun } from "../runtime/predict/dry-run.ts";

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "foresight", "tried-models");

/** Throws as `dryRun`. */
export async function tryModel(model: ModelPackage, cache = CACHE): Promise<void> {
  const path = join(cache, `${model.modelHash}-onnxruntime-${runtimeVersion()}`);
  if (kindOf(path) === "file") return;
  await dryRun(model);
  try {
    makeFolder(cache);
    replaceFile(path, "");
  } catch {
    // It is tried again the next time.
  }
}

const runtimeVersion = (): string => (createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string }).version;
