/** Reads an arm's own file, with what it includes, as far as it can be used. */
import { readDescription } from "./follow-includes.ts";
import { mjcfSource } from "./mjcf.ts";
import { checkNumbers } from "./numbers.ts";
import type { Source } from "./source.ts";
import { urdfSource } from "./urdf.ts";

/** Throws AgentError `model.missing` or `model.corrupt`, naming file and line. */
export function readSource(file: string): Source {
  const root = readDescription(file);
  checkNumbers(root);
  return root.tag === "robot" ? urdfSource(root) : mjcfSource(root, file);
}
