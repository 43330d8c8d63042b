/** Writes launch.schema.json, the schema that editors complete launch files with: `npm run schema`. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchJsonSchema } from "./key-hints.ts";

/** The file as it must be committed. */
export const schemaText = `${JSON.stringify(launchJsonSchema, null, 2)}\n`;
export const schemaPath: string = join(dirname(fileURLToPath(import.meta.url)), "launch.schema.json");

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaPath, schemaText);
