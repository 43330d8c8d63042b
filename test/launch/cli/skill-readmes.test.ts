import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { skillReadmes } from "../../../launch/cli/skill-readmes.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

test("the README of every skill says what its data say; npm run skills:readme when this fails", () => {
  for (const [path, text] of skillReadmes()) assert.equal(readFileSync(join(packageRoot, path), "utf8"), text, path);
});
