/** What is written, replaced and removed for everybody: never through a link, whole or not at all, and nothing of somebody else's. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeFolder, removeFile, removeSocket, replaceFile, tryWriting } from "../../../runtime/core/own-files.ts";

const root = mkdtempSync(join(tmpdir(), "foresight-own-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;
const fresh = (): string => {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return folder;
};

test("a file is replaced whole, and nothing is left beside it", () => {
  const folder = fresh();
  replaceFile(join(folder, "a"), "old");
  replaceFile(join(folder, "a"), "new");
  assert.equal(readFileSync(join(folder, "a"), "utf8"), "new");
  assert.deepEqual(readdirSync(folder), ["a"]);
});

test("a link in the place of a file is refused, and one in the place of its draft is removed; what they lead to stays as it was", () => {
  const folder = fresh();
  writeFileSync(join(folder, "thesis"), "years of work");
  symlinkSync(join(folder, "thesis"), join(folder, "a"));
  assert.throws(() => replaceFile(join(folder, "a"), "new"), /it is a link, and links are not followed/);
  symlinkSync(join(folder, "thesis"), join(folder, "b.partial"));
  replaceFile(join(folder, "b"), "new");
  assert.equal(readFileSync(join(folder, "b"), "utf8"), "new");
  removeFile(join(folder, "a"));
  assert.equal(readFileSync(join(folder, "thesis"), "utf8"), "years of work");
});

test("a folder or a pipe in the place of a file is neither replaced nor removed", () => {
  const folder = fresh();
  mkdirSync(join(folder, "a"));
  execFileSync("mkfifo", [join(folder, "b")]);
  assert.throws(() => replaceFile(join(folder, "a"), "new"), /EISDIR: it is a folder/);
  assert.throws(() => replaceFile(join(folder, "b"), "new"), /it is no file/);
  for (const name of ["a", "b"]) assert.throws(() => removeFile(join(folder, name)), /is no file of ours; move it/);
  assert.deepEqual(readdirSync(folder), ["a", "b"]);
});

test("a place is tried without a trace", async () => {
  const folder = fresh();
  await tryWriting(join(folder, "new", "deep", "a"));
  writeFileSync(join(folder, "file"), "");
  await assert.rejects(tryWriting(join(folder, "file", "a")), /ENOTDIR/);
  await assert.rejects(tryWriting(folder), /EISDIR/);
  assert.deepEqual(readdirSync(folder), ["file"]);
  makeFolder(join(folder, "new", "deep"));
  assert.throws(() => makeFolder(join(folder, "file", "a")), /ENOTDIR/);
});

test("of what is in the way of a socket only a socket is removed", async () => {
  const folder = fresh();
  const path = join(folder, "s");
  removeSocket(path);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  removeSocket(path);
  assert.deepEqual(readdirSync(folder), []);
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(path, "years of work");
  assert.throws(() => removeSocket(path), /is in the way and is no socket/);
  assert.equal(readFileSync(path, "utf8"), "years of work");
});
