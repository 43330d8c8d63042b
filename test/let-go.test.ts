/** What a function lets go at its end (`using`) is still there while what it returns comes about: it awaits it. Seen otherwise: `doctor --move` let the arm go, and closed its terminal, before it measured or asked. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../runtime/core/package-root.ts";

const FOLDERS = ["runtime", "skills", "robots", "sim", "launch"];
const sources = new Map(
  FOLDERS.flatMap((folder) => readdirSync(join(packageRoot, folder), { recursive: true }).map((path) => join(folder, String(path))))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => [path, readFileSync(join(packageRoot, path), "utf8")]),
);

const PROMISING = /\basync function\*? (\w+)|\bfunction (\w+)\([^{]*\): Promise<|\b(\w+) = async\b/g;
const promising = new Set(
  [...sources.values()].flatMap((text) => [...text.matchAll(PROMISING)].map((found) => found[1] ?? found[2] ?? found[3]!)),
);

const depthOf = (line: string): number => line.length - line.trimStart().length;

/** Lines that return a promise out of a block which lets something go. */
function returnedUnawaited(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (!/^\s*(?:await )?using /.test(line)) return [];
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((later) => later.trim() !== "" && depthOf(later) < depthOf(line));
    return rest.slice(0, end === -1 ? rest.length : end).filter((later) => {
      const called = depthOf(later) === depthOf(line) ? /^\s*(?:if \(.*\) )?return (\w+)\(/.exec(later)?.[1] : undefined;
      return called !== undefined && promising.has(called);
    });
  });
}

test("a function that lets something go at its end awaits what it returns", () => {
  assert.ok(promising.size > 200, `${promising.size} functions that promise`);
  assert.deepEqual(
    [...sources].flatMap(([path, text]) => returnedUnawaited(text).map((line) => `${path}: ${line.trim()}`)),
    [],
  );
  const asItWas = "async function a() {\n  using terminal = open();\n  const b = 1;\n  return examineDesk({ b });\n}\n";
  assert.deepEqual(returnedUnawaited(asItWas), ["  return examineDesk({ b });"]);
});
