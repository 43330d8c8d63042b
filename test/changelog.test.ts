/** The changelog, into which everybody writes at the same time: nothing is said twice, and no line is torn off its entry. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../runtime/core/package-root.ts";

const lines = readFileSync(join(packageRoot, "CHANGELOG.md"), "utf8").split("\n");
/** Of an entry: enough to tell it from every other. */
const BEGINNING = 50;

test("no two entries of the changelog begin alike", () => {
  const beginnings = lines.filter((line) => line.startsWith("- ")).map((line) => line.slice(0, BEGINNING));
  assert.ok(beginnings.length > 200, `${beginnings.length} entries`);
  assert.deepEqual(
    beginnings.filter((each, index) => beginnings.indexOf(each) !== index),
    [],
  );
});

test("every line of the changelog is a heading, an entry, or goes on with the line before", () => {
  const isEntry = (line: string | undefined): boolean => line !== undefined && /^(- | {2}\S)/.test(line);
  const torn = lines.filter(
    (line, index) =>
      !(line === "" || /^(#|What landed, )/.test(line) || line.startsWith("- ") || (isEntry(line) && isEntry(lines[index - 1]))),
  );
  assert.deepEqual(torn, []);
});
