/** Only plain files of bounded size are read, and what is against one is said in words. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { plainBytes, readPlainFile, readPlainText } from "../../../runtime/core/plain-file.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-plain-"));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

test("a file is read whole, through a link too", () => {
  writeFileSync(path("a"), "four");
  symlinkSync(path("a"), path("link"));
  assert.equal(Buffer.from(plainBytes(path("link"), 4)).toString(), "four");
});

test("a pipe, a device, a folder, and a file that is too large or not there are refused at once", () => {
  execFileSync("mkfifo", [path("pipe")]);
  writeFileSync(path("sparse"), "");
  truncateSync(path("sparse"), 3e9);
  symlinkSync("/dev/zero", path("zero"));
  for (const [name, why] of [
    ["pipe", /it is a pipe, not a file/],
    ["zero", /it is a device, not a file/],
    [".", /EISDIR: it is a folder/],
    ["sparse", /it has 3000000000 bytes, at most 1000 are read/],
    ["none", /ENOENT/],
  ] as const) {
    assert.throws(() => plainBytes(path(name), 1000), why, name);
  }
});

test("the message says whose file, which, why and what to do", () => {
  const reading = { bytesMax: 10, code: "model.missing", subject: "encoder of toy", remedy: "train again" } as const;
  assert.throws(() => readPlainFile(path("none"), reading), {
    code: "model.missing",
    message: `encoder of toy: cannot read ${path("none")} (ENOENT: there is no such file or folder); train again`,
  });
  writeFileSync(path("latin"), Buffer.from("modèle", "latin1"));
  assert.throws(() => readPlainText(path("latin"), reading), /cannot read .*latin \(it is no text in UTF-8\)/);
});
