/** What a schema has against a value, on one line for a message. */
import * as z from "zod";

const TOLD_MAX = 5;
const CHARACTERS_MAX = 200;
const MISSING = /^Invalid input: expected .+, received undefined$/;

/** "latentDim: is missing; files.encoder: ...", the first few; `top` stands for the value itself. */
export function objections({ issues }: z.ZodError, top = ""): string {
  const told = issues.slice(0, TOLD_MAX).map(({ path, message }) => {
    const at = z.core.toDotPath(path) || top;
    const why = MISSING.test(message) ? "is missing" : message;
    return cut(at ? `${at}: ${why}` : why);
  });
  return [...told, ...(issues.length > TOLD_MAX ? [`and ${issues.length - TOLD_MAX} more`] : [])].join("; ");
}

const cut = (text: string): string => (text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}...` : text);
