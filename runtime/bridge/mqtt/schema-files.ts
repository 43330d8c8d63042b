/** Writes schemas/: a JSON Schema for every topic and the AsyncAPI document over them: `npm run schema`. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { makeFolder, replaceFile } from "../../core/own-files.ts";
import { asyncApiDocument, payloadSchemas, schemaFile } from "./asyncapi.ts";
import type { TopicName } from "./topics.ts";

export const schemaFolder: string = join(fileURLToPath(new URL(".", import.meta.url)), "schemas");

/** File name to text, as they must be committed. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const schemas = Object.entries(payloadSchemas).map(([name, schema]) => [
    schemaFile(name as TopicName),
    z.toJSONSchema(schema, { target: "draft-7", io: "input" }),
  ]);
  const files = [...schemas, ["asyncapi.json", asyncApiDocument]] as const;
  return Object.fromEntries(files.map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  makeFolder(schemaFolder);
  for (const [name, text] of Object.entries(schemaFiles())) replaceFile(join(schemaFolder, name), text);
}
