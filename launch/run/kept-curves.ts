/** The curves that a model package keeps of its training. */
import { join } from "node:path";
import { parseJson } from "../../runtime/core/json.ts";
import { plainText } from "../../runtime/core/plain-file.ts";
import { type Curves, checkCurves } from "../../runtime/dashboard/curves.ts";

/** Ours have a hundredth of it. */
const BYTES_MAX = 10_000_000;

/** Null where there are none, or none that can be read: a page does without. */
export async function curvesOf(folder: string): Promise<Curves | null> {
  try {
    return checkCurves(parseJson(plainText(join(folder, "training.json"), BYTES_MAX)));
  } catch {
    return null;
  }
}
