/** A folder of ours is recognised, never taken from somebody; what takes its place keeps what was there. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { exchangeFolders, type FolderKind, OwnFolder } from "../../../runtime/core/own-folder.ts";

const KIND: FolderKind = {
  what: "practice",
  marker: "practice.json",
  owns: /^practice\.(json|f32)$/,
  code: "train.checkpoint",
  elsewhere: "give another --work",
  retry: "free some space",
};
const root = mkdtempSync(join(tmpdir(), "foresight-folder-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;
const fresh = (): string => join(root, String(count++));

test("a folder with somebody's files and no marker of ours is refused, and stays as it was", () => {
  const folder = fresh();
  mkdirSync(folder);
  writeFileSync(join(folder, "thesis.txt"), "years of work");
  assert.throws(() => new OwnFolder(folder, KIND), {
    code: "train.checkpoint",
    message: `${folder}: cannot be used as a practice (it holds "thesis.txt" and no practice.json, so it is no practice of ours); give another --work`,
  });
  assert.deepEqual(readdirSync(folder), ["thesis.txt"]);
  assert.throws(() => new OwnFolder(join(folder, "thesis.txt"), KIND), /thesis\.txt: cannot be used as a practice/);
});

test("only our own files are removed, and the folder only where it is empty then", () => {
  const folder = fresh();
  const own = new OwnFolder(folder, KIND);
  own.replace("practice.json", "{}");
  own.replace("practice.f32", new Uint8Array(4));
  writeFileSync(join(folder, "notes.txt"), "mine");
  new OwnFolder(folder, KIND).removeAll();
  assert.deepEqual(readdirSync(folder), ["notes.txt"]);
  const empty = new OwnFolder(fresh(), KIND);
  empty.removeAll();
  assert.equal(existsSync(empty.path), false);
});

test("a name that is none of its own, or leads out of it, is a bug and touches nothing", () => {
  const own = new OwnFolder(fresh(), KIND);
  for (const name of ["thesis.txt", "../practice.json", "x/practice.json"])
    assert.throws(() => own.remove(name), /internal: .*is no file of a practice/);
});

test("while another process writes to it, it is locked; one that died does not count", async () => {
  const own = new OwnFolder(fresh(), KIND);
  const other = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
  writeFileSync(join(own.path, ".lock"), `${hostname()} ${other.pid}\n`);
  assert.throws(() => own.lock(), {
    code: "train.checkpoint",
    message: new RegExp(
      `process ${other.pid} on .* is writing to it; wait for it, or give another --work; if there is no such command any more, remove`,
    ),
  });
  const ended = new Promise((done) => other.on("exit", done));
  other.kill("SIGKILL");
  await ended;
  {
    using _lock = own.lock();
    assert.match(readFileSync(join(own.path, ".lock"), "utf8"), new RegExp(` ${process.pid}\n$`));
  }
  assert.deepEqual(readdirSync(own.path), []);
});

test("a lock that cannot be read holds, and says what to remove", () => {
  const own = new OwnFolder(fresh(), KIND);
  writeFileSync(join(own.path, ".lock"), Buffer.alloc(5000, 0xff));
  assert.throws(() => own.lock(), {
    code: "train.checkpoint",
    message: /process of another command .*; if there is no such command any more, remove .*\.lock$/,
  });
});

test("a finished folder takes its place in one go, and what was there is kept beside, whole", () => {
  const place = fresh();
  const fill = (folder: string, text: string): string => {
    mkdirSync(folder);
    writeFileSync(join(folder, "model.json"), text);
    return folder;
  };
  assert.equal(exchangeFolders(fill(fresh(), "first"), place), null);
  assert.equal(exchangeFolders(fill(fresh(), "second"), place), `${place}.kept-1`);
  assert.equal(exchangeFolders(fill(fresh(), "third"), place), `${place}.kept-2`);
  const read = (folder: string): string => readFileSync(join(folder, "model.json"), "utf8");
  assert.deepEqual([place, `${place}.kept-1`, `${place}.kept-2`].map(read), ["third", "first", "second"]);
});
