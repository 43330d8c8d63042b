/** Tests for schema.ts and schema-json.ts: the committed JSON Schema is fresh, and every key says what it is. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hintFor, keysAt, launchJsonSchema } from "../../../launch/config/key-hints.ts";
import { schemaPath, schemaText } from "../../../launch/config/schema-json.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

test("launch/launch.schema.json is what the schema says; run `npm run schema` when this fails", () => {
  assert.equal(readFileSync(schemaPath, "utf8"), schemaText());
});

test("every launch file names the schema in its first line", () => {
  const files = readdirSync(join(packageRoot, "launch")).filter((name) => name.endsWith(".yaml"));
  assert.ok(files.length >= 3);
  for (const name of files) {
    const [first] = readFileSync(join(packageRoot, "launch", name), "utf8").split("\n");
    assert.equal(first, "# yaml-language-server: $schema=./launch.schema.json", name);
  }
});

type Schema = {
  readonly properties?: Record<string, Schema>;
  readonly description?: string;
  readonly $ref?: string;
  readonly type?: string;
};

/** Every property anywhere in the schema: key and its own schema. */
function propertiesOf(schema: unknown): readonly (readonly [string, Schema])[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = Object.entries((schema as Schema).properties ?? {});
  return [...own, ...Object.values(schema).flatMap(propertiesOf)];
}
const properties = propertiesOf(launchJsonSchema);

test("every key of a launch file is described", () => {
  assert.ok(properties.length > 60, `${properties.length} keys`);
  for (const [key, schema] of properties) assert.ok(schema.description || schema.$ref, `"${key}" has no description`);
});

test("a key whose name ends in a unit says this unit in its description", () => {
  const units = [
    [/M$|M(?:ax|in)$|[a-z]ZM$/, /\[m\]/],
    [/Rad$/, /\[rad\]/],
    [/Ms$/, /\[ms\]/],
    [/(?<!Per)(?<=[a-z])S$/, /\[s\]/],
    [/RadPerS$/, /\[rad\/s\]/],
    [/Hz$/, /\[Hz\]/],
    [/Px$/, /\[px\]/],
    [/Kg$/, /\[kg\]/],
  ] as const;
  let checked = 0;
  for (const [key, { description = "" }] of properties) {
    for (const [name, unit] of units) {
      if (!name.test(key)) continue;
      assert.match(description, unit, key);
      checked += 1;
    }
  }
  assert.ok(checked > 20, `${checked} keys with units`);
});

test("the valid keys at a place depend on what is written there", () => {
  assert.deepEqual(keysAt(["backend"], { backend: { kind: "replay" } }), ["kind", "path"]);
  assert.ok(keysAt(["backend"], { backend: { kind: "sim" } })?.includes("sceneSeed"));
  assert.deepEqual(keysAt(["task", "goal"], { task: { skill: "reach", goal: { kind: "tool" } } }), ["kind", "positionM"]);
  assert.deepEqual(keysAt(["task", "goal", "files"], { task: { skill: "push", goal: { kind: "image", source: "files" } } }), null);
  assert.deepEqual(keysAt(["nowhere"], {}), []);
});

test("units that were mixed up are named", () => {
  assert.equal(hintFor("positionMm", ["positionM", "name"]), 'use "positionM", in m (1 mm is 0.001 m)');
  assert.equal(hintFor("position", ["positionM", "name"]), 'use "positionM", in m');
  assert.equal(hintFor("max_age_ms", ["maxAgeMs"]), 'use "maxAgeMs"');
  assert.equal(hintFor("x", []), "no keys are allowed here");
});
