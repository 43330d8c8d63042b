/** The place of a model is tried before any work is done for it, and what is the user's there is left as it is. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PackageDraft } from "../../../runtime/learn/package-draft.ts";

const root = mkdtempSync(join(tmpdir(), "foresight-draft-"));
after(() => rmSync(root, { recursive: true }));
const refused = (out: string, code: string, message: RegExp): void => assert.throws(() => new PackageDraft(out), { code, message });

test("a name that no model can have, a name that no disk takes and a place in a file are refused with what to do", () => {
  writeFileSync(join(root, "file"), "");
  refused(join(root, "my model"), "launch.invalid", /"my model" is no name/);
  refused(join(root, "a".repeat(300)), "train.checkpoint", /--out .*: cannot be used \(.*\); give another --out/);
  refused(join(root, "file/model"), "train.checkpoint", /ENOTDIR.*give another --out/);
});

test("a folder with something else in it is refused, and stays as it was", () => {
  mkdirSync(join(root, "notes"));
  writeFileSync(join(root, "notes/thesis.txt"), "years of work");
  refused(join(root, "notes"), "train.checkpoint", /it holds "thesis\.txt" and no model\.json/);
  assert.deepEqual(readdirSync(join(root, "notes")), ["thesis.txt"]);
});

test("where something is mounted nothing is begun: it could not be exchanged in the end", {
  skip: process.platform === "linux" ? false : "mounts are looked for as Linux tells them",
}, () => {
  refused("/proc", "train.checkpoint", /--out \/proc: cannot be used \(something is mounted there.*give another --out/);
  symlinkSync("/proc", join(root, "volume"));
  refused(join(root, "volume"), "train.checkpoint", /something is mounted there/);
  rmSync(join(root, "volume"));
});

test("a draft that is not published leaves nothing", () => {
  {
    using draft = new PackageDraft(join(root, "model"));
    assert.equal(draft.name, "model");
  }
  assert.deepEqual(readdirSync(root).sort(), ["file", "notes"]);
});
