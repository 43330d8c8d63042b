/** The AsyncAPI document of the protocol, read by AsyncAPI's own parser. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { fromFile, Parser } from "@asyncapi/parser";
import { schemaFolder } from "../../../../runtime/bridge/mqtt/schema-files.ts";
import { TOPICS } from "../../../../runtime/bridge/mqtt/topics.ts";

test("the AsyncAPI document is valid, has every topic, and finds every schema", async () => {
  const { document, diagnostics } = await fromFile(new Parser(), join(schemaFolder, "asyncapi.json")).parse();
  const wrong = diagnostics.filter(({ severity }) => severity <= 1).map(({ message, path }) => `${path.join(".")}: ${message}`);
  assert.deepEqual(wrong, []);
  assert.ok(document);
  assert.equal(document.channels().length, Object.keys(TOPICS).length);
  for (const message of document.allMessages()) assert.equal(message.payload()?.type(), "object", message.name());
});

test("a broken document is found broken: the parser looks", async () => {
  const text = readFileSync(join(schemaFolder, "asyncapi.json"), "utf8").replace('"action": "send"', '"action": "shout"');
  const { diagnostics } = await new Parser().parse(text, { source: pathToFileURL(join(schemaFolder, "asyncapi.json")).href });
  assert.ok(diagnostics.some(({ severity }) => severity === 0));
});
