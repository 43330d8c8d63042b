/** Writes launch.schema.json, the schema that editors complete launch files with: `npm run schema`. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "../../runtime/core/own-files.ts";
import { launchJsonSchema } from "./key-hints.ts";

export const schemaPath: string = join(dirname(fileURLToPath(import.meta.url)), "../launch.schema.json");

/** lineWidth of biome.json. */
const LINE_LENGTH_MAX = 140;

/** The file as it must be committed: lists of plain values on one line where they fit, as the formatter wants them. */
export function schemaText(): string {
  const text = JSON.stringify(forFragments(launchJsonSchema), null, 2);
  const inOneLine = (list: string, items: string, at: number): string => {
    const line = `[${items.replaceAll(/,\n\s+/g, ", ")}]`;
    const indent = at - text.lastIndexOf("\n", at) - 1;
    return indent + line.length + ",".length <= LINE_LENGTH_MAX ? line : list;
  };
  return `${text.replaceAll(/\[\n\s+([^[\]{}]+?)\n\s+\]/g, inOneLine)}\n`;
}

/** A file that includes another need not be complete, so editors must not ask for every section; `foresight check` does. */
function forFragments(schema: typeof launchJsonSchema): typeof launchJsonSchema {
  const { required: _, properties = {}, ...rest } = schema;
  const sections = Object.entries(properties).map(([key, section]) => [key, withoutRequired(section)] as const);
  return { ...rest, properties: Object.fromEntries(sections) };
}

function withoutRequired<T extends { readonly required?: readonly string[] }>({ required: _, ...section }: T): Omit<T, "required"> {
  return section;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) replaceFile(schemaPath, schemaText());
