/** The published description of the protocol: JSON Schemas, committed as the code makes them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { schemaFiles, schemaFolder } from "../../../../runtime/bridge/mqtt/schema-files.ts";

test("the committed files are those that the schemas make; npm run schema writes them", () => {
  const made = schemaFiles();
  assert.deepEqual(readdirSync(schemaFolder).sort(), Object.keys(made).sort());
  for (const [name, text] of Object.entries(made)) assert.equal(readFileSync(join(schemaFolder, name), "utf8"), text, name);
});
