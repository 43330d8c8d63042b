/** The curves that a model package keeps of its training. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "../../runtime/core/json.ts";
import { type Curves, checkCurves } from "../../runtime/dashboard/curves.ts";

/** Null where there are none, or none that can be read: a page does without. */
export async function curvesOf(folder: string): Promise<Curves | null> {
  try {
    return checkCurves(parseJson(await readFile(join(folder, "training.json"), "utf8")));
  } catch {
    return null;
  }
}
